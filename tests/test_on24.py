"""ON24 on the whole way: what people did in the simulation against what is published of it."""

import duckdb
import pytest

from tests.conftest import Home

pytestmark = pytest.mark.warehouse


def test_viewings_are_published_with_their_minutes_and_people(sample: Home) -> None:
    truth = sample.settings.home.parent / "truth"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.settings.warehouse}' as w (read_only)")
        told = connection.execute(f"""
            select user_id, channel, started_at, seconds, is_forgotten, person_id from '{truth}/on24_viewings.parquet'
        """).fetchall()
        published = {
            (user, channel): (at, seconds, person)
            for user, channel, at, seconds, person in connection.execute("""
                select split_part(b.source_record_id, '|', 2), t.channel, t.occurred_at, t.duration_seconds, t.hcp_key
                from w.restricted.bridge_touchpoints as b join w.core.fct_touchpoints as t using (touchpoint_id)
                where b.source_system = 'on24'
            """).fetchall()
        }
    known = {
        (user, channel): (at, seconds, person) for user, channel, at, seconds, is_gone, person in told if not is_gone
    }
    gone = {user for user, _, _, _, is_gone, _ in told if is_gone}
    assert len(known) > 30 and gone
    # Of a forgotten person one touch is left, of nobody and without time; the rest is as it happened.
    assert set(published) == set(known) | {(user, "webinar_live") for user in gone}
    assert {key: published[key][:2] for key in known} == {key: value[:2] for key, value in known.items()}
    assert {published[user, "webinar_live"] for user in gone} == {(None, None, None)}
    # Nobody's touches go to two people, but for mistyped numbers and shared mailboxes.
    keys: dict[int, set[str]] = {}
    for key, (_, _, person) in known.items():
        if published[key][2]:
            keys.setdefault(person, set()).add(published[key][2])
    assert sum(len(found) == 1 for found in keys.values()) >= 0.95 * len(keys) > 10
