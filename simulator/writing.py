"""Puts one simulation together: population, behaviour, then one writer per feed."""

import json
from datetime import date
from pathlib import Path

import numpy as np

from simulator.accounts import open_accounts, write_accounts
from simulator.calls import hold, write_calls
from simulator.catalogue import write_catalogue, write_territories
from simulator.consents import decide, write_consents
from simulator.content import plan_jobs, write_reference
from simulator.education import write_education
from simulator.events import write_events
from simulator.feedback import write_feedback, write_lists
from simulator.hard_decisions import write_hard_decisions
from simulator.inquiries import write_inquiries, write_sessions
from simulator.landing import Landing
from simulator.learning import write_learning
from simulator.marketing_emails import write_marketing_emails
from simulator.meetings import write_meetings
from simulator.on24 import write_on24
from simulator.payments import write_payments
from simulator.people import populate
from simulator.plan import DEFAULT_END, Plan, Rates
from simulator.privacy import write_registers
from simulator.pushes import schedule
from simulator.registers import write_public_registers
from simulator.rep_emails import write_rep_emails
from simulator.staff import hire, write_staff
from simulator.truth import Truth
from simulator.webinars import write_webinars
from simulator.world import World

MARKER = ".simulated"


def write(
    hcps: int,
    days: int,
    seed: int,
    out: Path,
    truth: Path | None = None,
    *,
    end: date = DEFAULT_END,
    rates: Rates | None = None,
) -> dict[str, int]:
    """Writes the deliveries of `hcps` invented people over the `days` up to `end`; returns the rows per object.

    The same arguments give the same bytes. `out` must be absent or empty; the planted truth goes to `truth` only.
    """
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty: a simulation never mixes with other deliveries")
    plan = Plan(hcps, days, seed, end, rates or Rates())
    landing, planted = Landing(out, plan), Truth()
    people = populate(plan)
    accounts = open_accounts(plan, people)
    staff = hire(plan)
    jobs = plan_jobs(plan)
    pushes = schedule(plan, people, jobs)
    pushes.is_verdict_simple &= (accounts.is_plain() & ~people.objects)[pushes.person]
    rep_rows = np.flatnonzero(pushes.is_rep)
    world = World(landing, planted, people, accounts, staff, jobs, pushes)
    planted.people(people, accounts)
    write_reference(landing)
    write_staff(landing, staff)
    write_accounts(landing, people, accounts)
    write_consents(landing, people, accounts, decide(landing, people, pushes, rep_rows))
    write_hard_decisions(landing, people, accounts, pushes)
    calls = hold(plan, people)
    write_calls(world, calls)
    write_catalogue(world)
    write_territories(world)
    write_events(world)
    write_inquiries(world)
    write_sessions(world)
    write_rep_emails(world, rep_rows)
    write_marketing_emails(world)
    write_webinars(landing, people, planted)
    write_on24(landing, people, accounts, planted)
    write_education(landing, people, planted)
    write_learning(landing, people, planted)
    write_payments(landing, people, planted)
    write_meetings(world, calls)
    write_registers(landing, people, accounts)
    write_public_registers(landing, people, planted)
    write_feedback(world, calls)
    write_lists(world)
    planted.plants(people.papers)
    if truth is not None:
        planted.write(Path(truth))
    (out / MARKER).write_text(json.dumps({"newest_event_on": str(plan.end)}) + "\n", encoding="utf-8")
    return landing.rows
