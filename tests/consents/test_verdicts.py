"""The consent models against an oracle written from the policy, and the properties that must hold in any history."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from tests.consents.conftest import Judge
from tests.consents.histories import history, worlds
from tests.consents.oracle import (
    Decision,
    Key,
    Touch,
    World,
    published_key,
    published_status,
    values_covered,
    verdict,
)

PERMITTED = {"granted", "no_refusal", "not_applicable"}


few = settings(
    max_examples=25, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_the_models_agree_with_the_oracle_touch_by_touch(judge: Judge, seed: int) -> None:
    _agree(judge, *history(random.Random(seed)))


@few
@given(world=worlds)
def test_any_history_has_the_verdicts_of_the_oracle(judge: Judge, world: tuple[World, list[Touch]]) -> None:
    _agree(judge, *world)


def test_the_histories_reach_every_reason(judge: Judge) -> None:
    assert {reason for _, reason in judge(*history(random.Random(0))).verdicts.values()} == PERMITTED | {
        "own_will", "merge_conflict", "bounce", "spam_mark", "pending", "no_record", "unknown_country", "unknown_channel",
        "no_channel_value",
    }  # fmt: skip


@few
@given(world=worlds)
def test_stretches_cover_the_ledger_and_show_the_least_permissive_state_at_every_moment(
    judge: Judge, world: tuple[World, list[Touch]]
) -> None:
    _covers(judge, *world)


def test_stretches_of_many_people_cover_the_ledger(judge: Judge) -> None:
    _covers(judge, *history(random.Random(5), persons=40))


@few
@given(world=worlds)
def test_neither_the_order_of_the_ledger_nor_the_moment_of_its_loading_changes_anything_cns_22(
    judge: Judge, world: tuple[World, list[Touch]]
) -> None:
    decisions = world[0].decisions
    found = judge(*world)
    backwards = replace(world[0], decisions=tuple(reversed(decisions)))
    assert judge(backwards, world[1]) == found
    late = replace(world[0], decisions=tuple(replace(row, known_at=datetime(2026, 5, 1)) for row in decisions))
    assert judge(late, world[1]).verdicts == found.verdicts


@few
@given(world=worlds)
def test_a_merge_never_permits_what_one_of_its_ids_was_refused_cns_33(
    judge: Judge, world: tuple[World, list[Touch]]
) -> None:
    _narrows(judge, *world)


def test_no_merge_of_many_people_widens_permission_cns_33(judge: Judge) -> None:
    assert _narrows(judge, *history(random.Random(12)))


@few
@given(world=worlds)
def test_what_is_captured_later_changes_no_earlier_verdict_and_a_refusal_permits_nothing_cns_34(
    judge: Judge, world: tuple[World, list[Touch]]
) -> None:
    _keeps_the_past(judge, *world)


def test_later_decisions_of_many_people_change_no_earlier_verdict_cns_34(judge: Judge) -> None:
    assert _keeps_the_past(judge, *history(random.Random(14)))


def _agree(judge: Judge, world: World, touches: list[Touch]) -> None:
    found = judge(world, touches).verdicts
    by_person = {person: _only(world, person) for person in {touch.person for touch in touches}}
    expected = {touch.touchpoint_id: verdict(by_person[touch.person], touch) for touch in touches}
    assert {key: (expected[key], found[key]) for key in expected if expected[key] != found[key]} == {}


def _covers(judge: Judge, world: World, touches: list[Touch]) -> None:
    """At every moment of every key the published status is that of the oracle: no gap, no overlap, nothing too permissive."""
    shown: dict[tuple[str, Key], list[tuple[datetime, datetime, str]]] = {}
    for row in judge(world, touches).stretches:
        key = (row["channel"], row["contact_point"], row["purpose"], row["scope_type"], row["scope_id"] or "")
        until = row["valid_to_at"] or datetime.max
        shown.setdefault((row["hcp_key"], key), []).append((row["valid_from_at"], until, row["status"]))
    expected: dict[tuple[str, Key], World] = {}
    for row in world.decisions:
        # a grant shows at each address that it covers, and until it is confirmed at the one that it names, if any
        for value in {row.value} | (values_covered(world, row) if row.decision == "opt_in" else set()):
            if row.place is None:
                expected[row.person, published_key(row, value)] = _only(world, row.person)
    assert set(shown) <= set(expected)
    for (person, key), of_person in expected.items():
        for instant in _moments(of_person):
            found = [status for since, until, status in shown.get((person, key), []) if since <= instant < until]
            wanted = published_status(of_person, person, key, instant)
            assert found == ([wanted] if wanted else []), (key, instant)


def _moments(world: World) -> Iterator[datetime]:
    """Every moment at which a state may change, and one between each two."""
    given = [
        at for row in world.decisions for at in (row.captured_at, row.effective_at, row.ended_at) if at is not None
    ]
    given += [seen_at for signs in world.deliveries.values() for _, seen_at in signs]
    changes = sorted({*given, min(given) - timedelta(days=1), max(given) + timedelta(days=400)})
    yield from changes
    yield from (one + (other - one) / 2 for one, other in pairwise(changes))


def _narrows(judge: Judge, world: World, touches: list[Touch]) -> int:
    last = max((row.effective_at for row in world.decisions), default=datetime(2026, 1, 1))
    merged = replace(world, merged_at=dict.fromkeys(world.merged_at, last))
    together = judge(merged, touches).verdicts
    alone = [replace(t, touchpoint_id=f"{t.touchpoint_id}{s}", person=f"{t.person}-{s}", source_id=f"{t.person}-{s}")
             for t in touches for s in "ab"]  # fmt: skip
    verdicts = judge(_split(world), alone).verdicts
    refused = {key[:-1] for key, (_, reason) in verdicts.items() if reason in ("own_will", "spam_mark", "bounce")}
    assert [key for key in refused if together[key][1] in PERMITTED] == []
    return len(refused)


def _keeps_the_past(judge: Judge, world: World, touches: list[Touch]) -> int:
    moment = min((row.captured_at for row in world.decisions), default=datetime(2026, 1, 1)) + timedelta(days=2)
    before = judge(world, touches).verdicts
    more = [
        Decision(f"crm|consent|zz-{touch.touchpoint_id}", touch.person, touch.source_id, touch.consent_channel or "email",
                 touch.value, touch.purpose, "global", None, "opt_out", "person", moment)
        for touch in touches[::7]
    ]  # fmt: skip
    refused = judge(replace(world, decisions=(*world.decisions, *more)), touches).verdicts
    assert [key for key in before if before[key][1] not in PERMITTED and refused[key][1] in PERMITTED] == []
    granted = [replace(row, ledger_id=f"{row.ledger_id}+", decision="opt_in") for row in more]
    reopened = judge(replace(world, decisions=(*world.decisions, *granted)), touches).verdicts
    early = [touch.touchpoint_id for touch in touches if touch.occurred_at is not None and touch.occurred_at < moment]
    assert [key for key in early if not before[key] == refused[key] == reopened[key]] == []
    return len(early) if before != refused else 0


def _only(world: World, person: str) -> World:
    return replace(world, decisions=tuple(row for row in world.decisions if row.person == person))


def _split(world: World) -> World:
    """The same histories, each id a person of its own; an objection binds both."""
    rows: list[Decision] = []
    for row in world.decisions:
        if row.is_objection:
            rows += [replace(row, ledger_id=f"{row.ledger_id}{side}", person=f"{row.person}-{side}") for side in "ab"]
        else:
            rows.append(replace(row, person=row.source_id))
    return replace(world, decisions=tuple(rows), merged_at={})
