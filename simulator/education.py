"""PARS learner reports, and the consents by which learners share their names with the company."""

from typing import Any

import numpy as np
import pyarrow as pa

from simulator import vocabulary as words
from simulator.identities import by_register, filed
from simulator.landing import Landing
from simulator.people import CME, People
from simulator.plan import DAY, HOUR, Ints
from simulator.truth import Truth
from simulator.webinars import iso

ACTIVITIES = 40
CREDIT_TYPES = ["AMA PRA Category 1", "IPCE"]
CST = -6 * HOUR
LICENSED = 3  # of twenty learners
BOARDS = 5  # every so many-th report has a certificate of a board, under a number of its own
Report = dict[str, Any]


def write_education(landing: Landing, people: People, truth: Truth) -> None:
    """Completions with corrections and repeats, then the share consents."""
    plan = landing.plan
    rng = plan.rng("education")
    learners = np.flatnonzero(people.in_us)
    appeal = np.exp(people.affinity[learners, CME] + 0.2 * people.theta[learners])
    n = rng.poisson(plan.rates.completions_per_year * plan.years * appeal)
    who = np.repeat(learners, n)
    activity = rng.integers(0, ACTIVITIES, len(who))
    # one completion per person and activity (CME-06)
    _, once = np.unique(who * ACTIVITIES + activity, return_index=True)
    who, activity = who[once], activity[once]
    at = plan.first + (rng.random(len(who)) * plan.days * DAY).astype(np.int64)
    quarters = rng.integers(1, 9, len(who))
    reported = at + rng.integers(2, 20, len(who)) * DAY
    is_corrected = rng.random(len(who)) < 0.04
    slots = landing.slots(reported)
    lines = filed(people.papers, who, plan.first, rng, by_register(plan.rates))
    given, family = lines.given.to_pylist(), lines.family.to_pylist()
    files: list[list[Report]] = [[] for _ in range(len(plan.instants) + 1)]
    for i, person in enumerate(who.tolist()):
        name, ids, course, done = (given[i], family[i]), _learner_id(people, person), int(activity[i]), int(at[i])
        report = _report(i, name, ids, course, at=done, credits_=quarters[i] / 4)
        files[slots[i]].append(report)
        later = int(slots[i]) + 2
        if is_corrected[i] and later < len(plan.instants):
            # a correction is a delete and an add in one file (CME-02); some completions are withdrawn for good
            files[later].append(report | {"XtensibleInfo": {"LearnerRecordAction": "delete"}})
            if i % 3:
                files[later].append(_report(i, name, ids, course, at=done, credits_=quarters[i] / 4 + 0.25))
        elif i % 50 == 0 and later < len(plan.instants):
            files[later].append(report)  # sent again unchanged
    for number, instant in enumerate(plan.instants):
        if files[number]:
            body = {"DateTimeCreated": iso(int(instant) + CST)[:-1], "ActivityReport": files[number]}
            answer = {"ACCMELearnerReports": {"ActivityReports": body}}
            landing.json(("cme_pars", "learner_report"), int(instant), answer, len(files[number]))
    _write_shares(landing, people, np.unique(who), truth)
    # under the id that stands for the learner in a report: the NPI, else the smallest (CME-08)
    known = {
        (person, f"{words.PROVIDERS[activity[i] % len(words.PROVIDERS)]}|{_key(people, person, i)}")
        for i, person in enumerate(who.tolist())
        if slots[i] < len(plan.instants)
    }
    owners, keys = [person for person, _ in sorted(known)], [key for _, key in sorted(known)]
    truth.ids(np.array(owners, np.int64), "cme_pars", "cme_learner", pa.array(keys, pa.string()))


def _key(people: People, person: int, i: int) -> str:
    ids = _learner_id(people, person)
    return f"{ids['domain']}:{ids['value']}" if ids["domain"] == "NPI" or i % BOARDS else f"ABIM:99{i:06d}"


def _learner_id(people: People, person: int) -> dict[str, str]:
    """Most by NPI, some by a state licence only."""
    if person % 20 < LICENSED:
        return {"value": f"L{person:06d}", "domain": words.STATES[people.state[person]]}
    return {"value": str(people.npi[person]), "domain": "NPI"}


def _report(i: int, name: tuple[str, str], ids: dict[str, str], activity: int, *, at: int, credits_: float) -> Report:
    """One completion; every fifth has a certificate per board for the same credits (CME-01, CME-08)."""
    received = {"activityCertification": CREDIT_TYPES[activity % 2], "creditUnit": "Point", "numberOfCredits": credits_}
    certificates = [
        {"UniqueID": [ids] if i % 4 else ids, "CreditReceived": received, "CreditID": f"ccid:example.org:c-{i}"}
    ]
    if i % BOARDS == 0:
        board = {"value": f"99{i:06d}", "domain": "ABIM"}
        certificates.append({"UniqueID": [board], "CreditReceived": received, "CreditID": f"ccid:example.org:b-{i}"})
    return {
        "ReportingOrganization": "Example Medical Society",
        "Member": {"Name": {"GivenName": name[0], "FamilyName": name[1]}},
        "Activity": {
            "ProviderOrganization": words.PROVIDERS[activity % len(words.PROVIDERS)],
            "Module": {
                "ModuleName": {"value": f"{words.TOPICS[activity % 12]} course", "moduleID": f"{200_000_000 + activity}"},
                "Status": "Completed",
                "CompletedDateTime": iso(at + CST)[:-1],
                "CreditCertificate": certificates,
            },
        },
        "XtensibleInfo": {"LearnerRecordAction": "add"},
    }  # fmt: skip


def _write_shares(landing: Landing, people: People, learners: Ints, truth: Truth) -> None:
    """privacy/cme_share_consents: by NPI or licence, per provider, for the operator or for somebody else."""
    plan = landing.plan
    rng = plan.rng("shares")
    rows: list[list[object]] = []
    shared: list[bool] = []
    for person in learners.tolist():
        ids = _learner_id(people, person)
        by_npi = ids["domain"] == "NPI"
        value = ids["value"] if by_npi else f"{ids['domain']}:{ids['value']}"
        shares = rng.random() < plan.rates.share_consent
        shared.append(bool(shares))
        for provider in words.PROVIDERS:
            u = rng.random(2)
            granted = iso(plan.first - int(u[0] * 300) * DAY)
            if shares:
                recipient = words.OPERATOR if u[1] < 0.97 else "Example Biologics"
                withdrawn = iso(plan.first + int(u[1] * plan.days) * DAY) if u[0] < 0.03 else None
                rows.append(["npi" if by_npi else "licence", value, provider, recipient, "2024-01", granted, withdrawn])
    header = ["id_type", "id_value", "provider", "recipient", "consent_text_version", "granted_at", "withdrawn_at"]
    landing.small_csv(("privacy", "cme_share_consents"), int(plan.instants[0]), header, rows)
    truth.add("learners", pa.table({"person_id": learners, "shares_name": np.array(shared, bool)}))
