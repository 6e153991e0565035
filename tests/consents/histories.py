"""Random consent histories on a coarse clock, so that equal instants, merges and late decisions meet often."""

import csv
import random
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from orchestration.settings import PROJECT_DIR
from tests.consents.oracle import Decision, Touch, World

START = datetime(2026, 1, 1)
CHANNELS = {
    "rep_email": "email",
    "phone": "phone",
    "face_to_face": "face_to_face",
    "message": "message",
    "other": "any",
}


def regimes() -> list[dict[str, str | None]]:
    with (PROJECT_DIR / "seeds" / "consents" / "consent_regimes.csv").open(newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def moment(rng: random.Random) -> datetime:
    return START + timedelta(hours=6 * rng.randrange(14))


def history(rng: random.Random, persons: int = 90, touches_each: int = 8) -> tuple[World, list[Touch]]:
    """A world of persons with two ids each, merged at some moment, and touches to them."""
    decisions: list[Decision] = []
    touches: list[Touch] = []
    merged_at: dict[frozenset[str], datetime] = {}
    addresses: dict[str, list[tuple[str, datetime | None]]] = {}
    deliveries: dict[str, list[tuple[datetime, datetime]]] = {}
    for number in range(persons):
        person = f"p{number}"
        ids = [f"{person}-a", f"{person}-b"]
        values = [f"{person}.x@example.org", f"{person}.y@example.org"]
        merged_at[frozenset(ids)] = moment(rng)
        for source_id in ids:
            addresses[source_id] = [
                (rng.choice(values), rng.choice([None, moment(rng)])) for _ in range(rng.randrange(3))
            ]
        for value in values:
            deliveries[value] = [_sign(rng) for _ in range(rng.randrange(3))]
        for place in range(rng.randrange(6)):
            number_of_row = f"{number:04}-{place:02}"
            row = _decision(rng, person, rng.choice(ids), values, number_of_row)
            decisions.append(row)
            if (
                row.decision in ("opt_in", "opt_out")
                and not row.is_block
                and not row.is_objection
                and rng.random() < 0.3
            ):
                # The contrary at the same instant, from the same object or another one.
                contrary = "opt_out" if row.decision == "opt_in" else "opt_in"
                ledger_id = f"crm|{rng.choice(['consent', 'event'])}|{number_of_row}-contrary"
                decisions.append(replace(row, ledger_id=ledger_id, decision=contrary, confirmed_at=None))
        for place in range(touches_each):
            touches.append(_touch(rng, person, rng.choice(ids), values, f"t{number:04}-{place}"))
    return World(tuple(decisions), merged_at, addresses, deliveries, regimes()), touches


def _sign(rng: random.Random) -> tuple[datetime, datetime]:
    """A mail that arrived at once, or was sent and looked at a day later."""
    sent_at = moment(rng)
    return sent_at, sent_at + timedelta(hours=rng.choice([0, 24]))


def _decision(rng: random.Random, person: str, source_id: str, values: list[str], number: str) -> Decision:
    captured_at = moment(rng)
    kind = rng.choices(["will", "block", "objection"], [30, 4, 1])[0]
    if kind == "objection":
        ended_at = rng.choice([None, captured_at + timedelta(hours=rng.randrange(12, 96, 6))])
        return Decision(
            f"privacy|processing_objections|{number}", person, f"{person}-objector", "any", None,
            rng.choice(["promotional", "medical"]), "global", None, "opt_out", "person", captured_at, None, ended_at,
            is_objection=True,
        )  # fmt: skip
    ledger_id = f"crm|{rng.choice(['consent', 'event'])}|{number}"
    if kind == "block":
        return Decision(
            ledger_id, person, source_id, "email", rng.choice(values), "promotional", "global", None, "opt_out",
            rng.choice(["bounce", "spam_mark"]), captured_at,
        )  # fmt: skip
    channel = rng.choice(["email"] * 6 + ["phone", "face_to_face", "message"])
    value = rng.choice([*values, None, None]) if channel == "email" else None
    scope_type, scope_id = rng.choice(
        [("global", None)] * 5 + [("product", "P1"), ("product", "P2"), ("content_type", "C1")]
    )
    within = rng.choice([None] * 4 + ["C1"]) if scope_type == "product" else None
    place_of = rng.choice([None] * 9 + ["clinic"])
    decision = rng.choice(["opt_in"] * 5 + ["opt_out"] * 2 + ["opt_in_pending"])
    confirmed_at = captured_at + timedelta(hours=24) if decision == "opt_in" and rng.random() < 0.2 else None
    return Decision(
        ledger_id, person, source_id, channel, value, rng.choice(["promotional"] * 5 + ["medical"]), scope_type, scope_id,
        decision, "double_opt_in" if confirmed_at else "person", captured_at, confirmed_at, content_type=within, place=place_of,
    )  # fmt: skip


def _touch(rng: random.Random, person: str, source_id: str, values: list[str], touchpoint_id: str) -> Touch:
    channel = rng.choice([*CHANNELS, "webinar_live"] + ["rep_email"] * 10)
    occurred_at = moment(rng)
    return Touch(
        touchpoint_id, person, source_id, rng.choice(["GB"] * 6 + ["US", "FR", None]), channel, CHANNELS.get(channel),
        rng.choice([*values, *values, None]) if channel == "rep_email" else None,
        rng.choice(["promotional"] * 8 + ["medical", "service"]), rng.choice([(), ("P1",), ("P2",), ("P1", "P2")]),
        rng.choice([None, "C1"]), occurred_at if rng.random() < 0.8 else None, occurred_at.date(),
        "pull" if rng.random() < 0.1 else "push",
    )  # fmt: skip


# One to three people with a few touches; Hypothesis draws every choice, so that a failure shrinks to its core.
worlds = st.builds(history, st.randoms(use_true_random=False), st.integers(1, 3), st.just(4))
