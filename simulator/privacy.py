"""Registers kept by people: objections to processing and stewards' decisions about identity."""

import numpy as np

from simulator.accounts import Accounts
from simulator.landing import Landing
from simulator.people import People
from simulator.plan import DAY
from simulator.webinars import iso


def write_registers(landing: Landing, people: People, accounts: Accounts) -> None:
    """Objections of a few, decisions about a few."""
    plan = landing.plan
    rng = plan.rng("registers")
    objectors = np.flatnonzero(people.objects)
    ids = accounts.ids(accounts.primary[objectors]).to_pylist()
    rows: list[list[object]] = []
    for place, person in enumerate(objectors.tolist()):
        by_npi = people.npi[person] > 0 and place % 3 == 1
        since = plan.first + int(rng.integers(0, plan.days)) * DAY
        until = iso(since + 90 * DAY) if place % 5 == 4 else None
        purpose = "marketing" if place % 4 == 3 else "profiling"
        value = str(people.npi[person]) if by_npi else ids[place]
        rows.append(
            [f"OBJ-{place + 1:05d}", "npi" if by_npi else "veeva_crm_account", value, purpose, iso(since), until]
        )
    header = ["objection_id", "id_type", "id_value", "purpose", "valid_from", "valid_to"]
    landing.small_csv(("privacy", "processing_objections"), int(plan.instants[-1]), header, rows)
    _decisions(landing, people, accounts)


def _decisions(landing: Landing, people: People, accounts: Accounts) -> None:
    """A steward joins some doubles that no rule can join, and keeps father and son apart."""
    plan = landing.plan
    doubles = np.flatnonzero(accounts.second >= 0)
    doubles = doubles[(accounts.merged_into[accounts.second[doubles]] < 0)][:5]
    decided = iso(int(plan.instants[0]))
    first = accounts.ids(accounts.primary[doubles]).to_pylist()
    second = accounts.ids(accounts.second[doubles]).to_pylist()
    rows: list[list[object]] = [
        ["same", "veeva_crm", a, "veeva_crm", b, decided, "DOUBLE_IN_CRM"] for a, b in zip(first, second, strict=True)
    ]
    namesakes = accounts.primary[people.papers.planted("namesake")]
    strangers = np.flatnonzero(accounts.merged_into < 0)
    apart = accounts.ids((namesakes if np.all(namesakes >= 0) and len(namesakes) else strangers)[:2]).to_pylist()
    if len(apart) == 2:
        rows.append(["different", "veeva_crm", apart[0], "veeva_crm", apart[1], decided, "TWO_PEOPLE"])
    header = ["decision", "system_a", "id_a", "system_b", "id_b", "decided_at", "reason_code"]
    landing.small_csv(("privacy", "steward_decisions"), int(plan.instants[0]), header, rows)
