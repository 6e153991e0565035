"""The candidate's files: what each audience gets, in which order, and that the same rows give the same bytes."""

import hashlib
from pathlib import Path

import duckdb
import pytest

import releases
from tests.releases import handmade
from tests.releases.handmade import Handmade

SCHEMAS = {"core", "engagement", "governance"}


def query(release: releases.Release, sql: str, audience: str = "marts") -> list[tuple[object, ...]]:
    with duckdb.connect(str(release.folder / f"{audience}.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("audience", ["marts", "commercial"])
def test_a_release_holds_the_published_schemas_and_nothing_else(candidate: releases.Release, audience: str) -> None:
    schemas = {
        schema
        for (schema,) in query(candidate, "select distinct table_schema from information_schema.tables", audience)
    }
    assert schemas == SCHEMAS
    assert not list(candidate.folder.rglob("*.wal")) and not list(candidate.folder.rglob("*.spill"))


def test_parquet_files_hold_the_rows_of_the_database_in_the_order_of_their_grain(candidate: releases.Release) -> None:
    assert len(list(candidate.folder.glob("parquet/*/*.parquet"))) == len(handmade.GRAINS)
    with duckdb.connect() as connection:
        path = candidate.folder / "parquet" / "core" / "fct_touchpoints.parquet"
        ids = [row[0] for row in connection.execute(f"select touchpoint_id from '{path}'").fetchall()]
    assert ids == sorted(ids) and len(ids) == 8


def test_the_same_rows_in_another_order_give_the_same_parquet_bytes(made: Handmade) -> None:
    def hashes() -> dict[str, str]:
        folder = releases.build_candidate(made.settings, handmade.AS_OF).folder
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("parquet/*/*"))}

    before = hashes()
    made.execute(
        "create or replace table core.fct_touchpoints as from core.fct_touchpoints order by touchpoint_id desc"
    )
    assert hashes() == before


def test_sales_and_marketing_get_no_educational_or_medical_rows_and_no_trace_of_them(
    candidate: releases.Release,
) -> None:
    purposes = "select distinct purpose from core.fct_touchpoints"
    assert set(query(candidate, purposes)) == {("promotional",), ("medical",), ("education",)}
    assert query(candidate, purposes, "commercial") == [("promotional",)]
    assert query(candidate, "select count(*) from core.fct_transfers_of_value", "commercial") == [(2,)]
    assert query(candidate, "select count(*) from core.dim_hcps", "commercial") == [(1,)]
    assert query(candidate, "select distinct eqs_scope from engagement.mart_hcp_engagement_quality", "commercial") == [
        ("promotional",)
    ]
    assert query(
        candidate, "select count(*) from core.fct_consents where purpose = 'education_share'", "commercial"
    ) == [(0,)]


def test_sales_and_marketing_read_an_audiences_own_column_in_place_of_the_one_that_education_filled(
    candidate: releases.Release,
) -> None:
    sources = "select identity_sources from core.dim_hcps where hcp_key = md5('hcp 1')"
    assert query(candidate, sources) == [(3,)] and query(candidate, sources, "commercial") == [(2,)]


def test_rows_that_refer_to_hidden_rows_are_hidden_with_them(made: Handmade) -> None:
    made.execute(
        "insert into governance.mart_consent_violations"
        " values (md5('x5'), 'CMP-10', 'critical', md5('t6'), md5('hcp 1'), 'promotional', true)"
    )
    made.execute("insert into core.bridge_hcp_aliases values (md5('hcp 9'), md5('hcp 2'), timestamp '2025-02-01')")
    made.execute("update core.fct_transfers_of_value set interaction_id = md5('i6') where transfer_id = md5('v2')")
    candidate = releases.build_candidate(made.settings, handmade.AS_OF)
    for table, rows in {
        "governance.mart_consent_violations": 3,
        "core.bridge_hcp_aliases": 1,
        "core.fct_transfers_of_value": 1,
    }.items():
        assert query(candidate, f"select count(*) from {table}", "commercial") == [(rows,)], table


def test_a_payment_whose_meeting_is_nobodys_touch_stays(made: Handmade) -> None:
    made.execute(
        "update core.fct_transfers_of_value set interaction_id = md5('another company') where transfer_id = md5('v2')"
    )
    candidate = releases.build_candidate(made.settings, handmade.AS_OF)
    assert query(candidate, "select count(*) from core.fct_transfers_of_value", "commercial") == [(2,)]


def test_an_audience_without_purposes_for_a_table_does_not_get_it(made: Handmade) -> None:
    made.execute("insert into intermediate.audiences values ('commercial', 'mart_consent_violations', null, null)")
    candidate = releases.build_candidate(made.settings, handmade.AS_OF)
    tables = query(candidate, "select table_name from information_schema.tables", "commercial")
    assert ("mart_consent_violations",) not in tables and ("fct_touchpoints",) in tables


def test_a_killed_runs_candidate_and_pointer_are_removed_by_the_next(made: Handmade) -> None:
    leftover = made.settings.releases / ".candidate-20250101T000000Z-00000000"
    leftover.mkdir()
    (leftover / "marts.duckdb").write_bytes(b"half")
    pointer = made.settings.releases / ".current-20250101T000000Z-00000000"
    pointer.symlink_to("20250101T000000Z-00000000")
    candidate = releases.build_candidate(made.settings, handmade.AS_OF)
    assert [path.name for path in made.settings.releases.iterdir()] == [Path(candidate.folder).name]
    assert releases.pending(made.settings) == candidate


def test_without_a_candidate_there_is_nothing_to_audit(made: Handmade) -> None:
    with pytest.raises(releases.ReleaseInvalid, match="rapport run"):
        releases.pending(made.settings)
