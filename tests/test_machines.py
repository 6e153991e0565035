"""Machine or human: the class of every click against what the simulation knows of its maker."""

import duckdb
import pytest

from tests.conftest import Home

pytestmark = pytest.mark.warehouse

# Told and judged meet by the send and the instant; a click on a row of anonymous tracking is nobody's and has no verdict.
PAIRS = """
    with told as (
        select system, activities.sent_email_id as send, clicked_at, min(maker) as maker
        from '{truth}/clicks.parquet' as clicks join w.staging.stg_veeva_crm__email_activities as activities
            on clicks.record_id = activities.activity_id
        group by all
        union all
        select system, array_to_string(string_split(record_id, '|')[1:4], '|'), clicked_at, min(maker)
        from '{truth}/clicks.parquet' where system = 'sfmc'
        group by all
    ),
    judged as (
        select
            source_system as system, clicked_at, min(click_class) as click_class,
            array_to_string(string_split(send_record_id, '|')[1:4], '|') as send
        from w.intermediate.int_emails__click_verdicts
        group by all
    )
    select maker, click_class, count(*) from told join judged using (system, send, clicked_at) group by all
"""


def test_clicks_are_told_apart_with_precision_and_recall_of_95_percent_in_each_class(sample: Home) -> None:
    truth = sample.settings.home.parent / "truth"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.settings.warehouse}' as w (read_only)")
        pairs = {
            (maker, judged): count for maker, judged, count in connection.execute(PAIRS.format(truth=truth)).fetchall()
        }
    for kind in ("human", "machine"):
        right = pairs.get((kind, kind), 0)
        told = sum(count for (maker, _), count in pairs.items() if maker == kind)
        judged = sum(count for (_, found), count in pairs.items() if found == kind)
        assert right > 50, kind
        assert right >= 0.95 * told, f"recall of {kind}"
        assert right >= 0.95 * judged, f"precision of {kind}"
