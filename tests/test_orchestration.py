"""The Dagster graph, its schedule and sensor, settings and the key."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import JOB, RETENTION, build_defs, landing_fingerprint
from orchestration.first_day import obstacles
from orchestration.pseudonyms import KeyUnusable, make_key, read_key
from orchestration.settings import Settings, default_as_of
from tests.conftest import Home


@pytest.fixture(scope="module")
def of_graph(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Home.make(tmp_path_factory.mktemp("graph") / "home").settings


@pytest.fixture(scope="module")
def graph(of_graph: Settings) -> dg.Definitions:
    return build_defs(of_graph)


def test_the_graph_leads_from_a_delivery_to_the_release(graph: dg.Definitions) -> None:
    assets = graph.resolve_asset_graph()
    delivery, release = dg.AssetKey(["veeva_crm", "Call2_vod__c"]), dg.AssetKey(["release", "current"])
    reached, frontier = set(), {delivery}
    while frontier:
        reached |= frontier
        frontier = {child for key in frontier for child in assets.get(key).child_keys} - reached
    assert release in reached


def test_data_tests_and_gate_rules_show_as_asset_checks(graph: dg.Definitions) -> None:
    checks = graph.resolve_asset_graph().asset_check_keys
    assert len([check for check in checks if check.asset_key == dg.AssetKey(["release", "gate"])]) >= 10
    assert len([check for check in checks if check.asset_key.path[0] != "release"]) >= 10


def test_the_job_runs_daily_and_when_files_arrive(graph: dg.Definitions) -> None:
    assert graph.resolve_schedule_def("daily").job_name == JOB
    assert graph.resolve_sensor_def("landing_sensor").job_name == JOB


def test_retention_is_a_job_of_its_own_that_only_production_schedules(
    of_graph: Settings, graph: dg.Definitions
) -> None:
    assert graph.resolve_schedule_def("monthly").default_status == dg.DefaultScheduleStatus.STOPPED
    assert [node.name for node in graph.resolve_job_def(RETENTION).graph.nodes] == ["retain"]
    production = build_defs(replace(of_graph, env="production"))
    assert production.resolve_schedule_def("monthly").default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_sensor_ignores_files_that_are_still_being_written(home: Home) -> None:
    for name in (".hidden.csv", "_part.csv", "20260101T000000Z.csv.tmp", "20260101T000000Z.csv.part"):
        home.deliver("veeva_crm", "Account", name, "Id\n")
    assert landing_fingerprint(home.landing) == ""
    home.deliver("veeva_crm", "Account", "20260101T000000Z.csv", "Id\n")
    assert landing_fingerprint(home.landing) != ""


def test_as_of_is_the_day_after_the_newest_event_of_a_sample_and_today_on_real_deliveries(home: Home) -> None:
    assert default_as_of(home.landing, date(2026, 3, 4)) == date(2026, 3, 4)
    (home.landing / ".simulated").write_text('{"newest_event_on": "2025-12-31"}')
    assert default_as_of(home.landing, date(2026, 3, 4)) == date(2026, 1, 1)


def test_settings_come_from_the_environment_and_then_from_a_dotenv_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "# a comment\nRAPPORT_OPERATOR='Invented Pharma'\nRAPPORT_COMPANY_IDS=100, 200\nRAPPORT_HOME=/nowhere\n"
    )
    settings = Settings.from_env({"RAPPORT_HOME": str(tmp_path / "h")}, dotenv)
    assert (settings.home, settings.operator, settings.company_ids) == (
        tmp_path / "h",
        "Invented Pharma",
        ("100", "200"),
    )
    assert settings.landing == tmp_path / "h" / "landing"


def test_an_unset_operator_lets_no_learner_row_enter_in_production(tmp_path: Path) -> None:
    assert Settings.from_env({"RAPPORT_ENV": "production"}, tmp_path / ".env").operator == ""


def test_a_key_that_others_can_read_or_that_is_short_stops_the_run(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    with pytest.raises(KeyUnusable, match="rapport init"):
        read_key(path)
    make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600 and len(read_key(path)) >= 32
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        read_key(path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(KeyUnusable, match="shorter"):
        read_key(path)


def test_a_check_says_what_would_stop_a_run_before_it_reads_a_file(home: Home) -> None:
    assert obstacles(home.settings) == []
    assert "no group no_such_group" in obstacles(replace(home.settings, groups={"marts": "no_such_group"}))[0]
    home.settings.key_file.chmod(0o640)
    assert "chmod 600" in obstacles(home.settings)[0]
    home.settings.key_file.unlink()
    assert obstacles(home.settings) == [], "the first sample run makes the key"
    assert "rapport init" in obstacles(replace(home.settings, env="production"))[0]


def test_groups_are_read_per_audience_and_handed_on(tmp_path: Path) -> None:
    given = {"RAPPORT_HOME": str(tmp_path), "RAPPORT_GROUPS": "marts=rapport_medical, commercial = rapport_sales"}
    settings = Settings.from_env(given, tmp_path / ".env")
    assert settings.groups == {"marts": "rapport_medical", "commercial": "rapport_sales"}
    assert Settings.from_env(settings.environment(), tmp_path / ".env").groups == settings.groups
    assert settings.audiences == ("marts", "commercial")


def test_production_makes_up_neither_key_nor_deliveries(home: Home) -> None:
    home.settings.key_file.unlink()
    done = home.rapport("run", RAPPORT_ENV="production")
    assert done.returncode != 0 and "rapport init" in done.stderr
    assert not home.settings.key_file.exists() and not any(home.landing.iterdir())


def test_an_error_that_comes_as_late_as_the_fetch_carries_no_value() -> None:
    from dbt_common.exceptions import DbtRuntimeError

    from orchestration.dbt_plugin import ValueFreeCursor

    cursor = ValueFreeCursor(duckdb.connect())
    late = "case when i = 2999999 then 'ada@example.org' else '1' end"
    cursor.execute(f"select cast({late} as integer) from range(3000000) as r (i)")
    with pytest.raises(DbtRuntimeError) as raised:
        cursor.fetchall()
    assert "ada@example.org" not in str(raised.value)
