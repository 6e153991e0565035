"""Meetings on the whole way: what happened once, however many feeds tell of it, is one interaction and one touch per person."""

import duckdb
import pytest

from tests.conftest import Home

pytestmark = pytest.mark.warehouse


def test_each_planted_meeting_is_one_interaction_and_one_touch_per_person(sample: Home) -> None:
    truth = sample.settings.home.parent / "truth" / "meetings.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.settings.warehouse}' as w (read_only)")
        rows = connection.execute(f"""
            select m.kind, m.meeting_id, m.person_id, m.object, m.record_id, t.interaction_id, t.touchpoint_id, t.hcp_key
            from '{truth}' as m
            left join w.restricted.bridge_touchpoints as b
                on m.system = b.source_system and m.object = b.source_object and m.record_id = b.source_record_id
            left join w.core.fct_touchpoints as t using (touchpoint_id)
        """).fetchall()
    kinds = {(kind, record_object) for kind, _, _, record_object, *_ in rows}
    assert kinds == {
        ("video", "Call2_vod__c"), ("video", "Remote_Meeting_Attendee_vod__c"), ("video", "participants"),
        ("event", "Call2_vod__c"), ("event", "EM_Attendee_vod__c"), ("meal", "Call2_vod__c"), ("meal", "general"),
    }  # fmt: skip
    planted = {record: meeting for _, meeting, _, _, record, *_ in rows}
    found = {record: interaction for _, _, _, _, record, interaction, *_ in rows}
    assert len(set(planted.values())) > 30
    # The same partition of the records: no meeting is torn apart, and no two become one.
    assert None not in found.values()
    assert _groups(found) == _groups(planted)
    # An address under two spellings of a name is nobody's in particular: those joins are touches without a person.
    people = {person for _, _, person, *_ in rows}
    unresolved = {person for _, _, person, *_, hcp in rows if hcp is None}
    assert len(unresolved) <= 0.05 * len(people)
    sure = [row for row in rows if row[2] not in unresolved]
    touches = {record: touch for _, _, _, _, record, _, touch, _ in sure}
    assert _groups(touches) == _groups({record: (meeting, person) for _, meeting, person, _, record, *_ in sure})
    pairs = {(person, hcp) for _, _, person, *_, hcp in sure}
    assert len(pairs) == len({person for person, _ in pairs}) == len({hcp for _, hcp in pairs}) > 40


def _groups(by_record: dict[str, object]) -> set[frozenset[str]]:
    groups: dict[object, set[str]] = {}
    for record, group in by_record.items():
        groups.setdefault(group, set()).add(record)
    return {frozenset(records) for records in groups.values()}
