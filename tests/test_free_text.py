"""What the simulator planted in free text, against what the scan found in the shared sample."""

import duckdb
import pytest

from tests.conftest import Home

pytestmark = pytest.mark.warehouse

FOUND = """
    with delivered as (
        select distinct truth.*
        from read_parquet('{truth}') as truth
        inner join staging.stg_rapport__free_texts as texts using (system, object, column_name, record_id)
        where texts.cell is not null
    )
    select
        kind, is_findable, count(*) as planted,
        count(*) filter (
            exists (
                select 1 from restricted.mart_safety_candidates as c
                where c.source_system = delivered.system and c.source_object = delivered.object
                    and c.source_record_id = delivered.record_id and c.column_name = delivered.column_name
                    and (delivered.kind = 'none' or c.kind = delivered.kind) and c.item = coalesce(delivered.item, c.item)
            )
        ) as found
    from delivered
    group by all
"""


def test_planted_cases_and_patients_are_found_and_little_else(sample: Home, capsys: pytest.CaptureFixture[str]) -> None:
    truth = sample.settings.home.parent / "truth" / "free_texts.parquet"
    with duckdb.connect(str(sample.settings.warehouse), read_only=True) as connection:
        counts = {
            (kind, is_findable): (planted, found)
            for kind, is_findable, planted, found in connection.execute(FOUND.format(truth=truth)).fetchall()
        }
    with capsys.disabled():
        for (kind, is_findable), (planted, found) in sorted(counts.items()):
            what = (
                "false alarms" if kind == "none" else "found" if is_findable else "found, though told in no known words"
            )
            print(f"\nfree-text scan: {kind}: {found} of {planted} {what}", end="")
    for kind in ("adverse_event", "patient_identifier"):
        planted, found = counts[kind, True]
        assert planted >= 20 and found >= 0.90 * planted
    planted, alarms = counts["none", True]
    assert planted >= 50 and alarms <= 0.05 * planted
