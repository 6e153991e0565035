"""The consent models against an oracle written from the policy, and the properties that must hold in any history."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.consents.histories import history
from tests.consents.oracle import Decision, Touch, World, verdict

Judge = Callable[[World, list[Touch]], dict[str, tuple[str, str]]]
PERMITTED = {"granted", "no_refusal", "not_applicable"}


@pytest.mark.parametrize("seed", range(4))
def test_the_models_agree_with_the_oracle_touch_by_touch(judge: Judge, seed: int) -> None:
    world, touches = history(seed)
    found = judge(world, touches)
    by_person = {person: _only(world, person) for person in {touch.person for touch in touches}}
    expected = {touch.touchpoint_id: verdict(by_person[touch.person], touch) for touch in touches}
    assert {key: (expected[key], found[key]) for key in expected if expected[key] != found[key]} == {}


def test_the_histories_reach_every_reason(judge: Judge) -> None:
    assert {reason for _, reason in judge(*history(0)).values()} == PERMITTED | {
        "own_will", "merge_conflict", "bounce", "spam_mark", "pending", "no_record", "unknown_country", "unknown_channel",
        "no_channel_value",
    }  # fmt: skip


def test_the_order_of_the_ledger_changes_no_verdict_cns_22(judge: Judge) -> None:
    world, touches = history(11)
    shuffled = list(world.decisions)
    random.Random(1).shuffle(shuffled)
    assert judge(replace(world, decisions=tuple(shuffled)), touches) == judge(world, touches)


def test_a_merge_never_permits_what_one_of_its_ids_was_refused_cns_33(judge: Judge) -> None:
    world, touches = history(12)
    last = max(row.effective_at for row in world.decisions)
    merged = replace(world, merged_at=dict.fromkeys(world.merged_at, last))
    apart = _split(world)
    together = judge(merged, touches)
    alone = [replace(t, touchpoint_id=f"{t.touchpoint_id}{s}", person=f"{t.person}-{s}", source_id=f"{t.person}-{s}")
             for t in touches for s in "ab"]  # fmt: skip
    refused = {
        key[:-1] for key, (_, reason) in judge(apart, alone).items() if reason in ("own_will", "spam_mark", "bounce")
    }
    assert refused
    assert [key for key in refused if together[key][1] in PERMITTED] == []


def test_undoing_a_merge_restores_the_earlier_verdicts_cns_32(judge: Judge) -> None:
    world, touches = history(13)
    apart = [replace(touch, person=touch.source_id) for touch in touches]
    before = judge(_split(world), apart)
    judge(world, touches)
    assert judge(_split(world), apart) == before


def test_another_opt_out_never_permits_a_touch_and_changes_no_earlier_verdict_cns_34(judge: Judge) -> None:
    world, touches = history(14)
    moment = min(row.captured_at for row in world.decisions) + timedelta(days=2)
    more = tuple(
        Decision(f"crm|consent|zz-{touch.touchpoint_id}", touch.person, touch.source_id, touch.consent_channel or "email",
                 touch.value, touch.purpose, "global", None, "opt_out", "person", moment)
        for touch in touches[::7]
    )  # fmt: skip
    before = judge(world, touches)
    after = judge(replace(world, decisions=world.decisions + more), touches)
    assert [t for t in before if before[t][1] not in PERMITTED and after[t][1] in PERMITTED] == []
    early = [t.touchpoint_id for t in touches if t.occurred_at is not None and t.occurred_at < moment]
    assert early and {t: before[t] for t in early} == {t: after[t] for t in early}
    assert before != after


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
