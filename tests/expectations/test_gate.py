"""The gate: what blocks, what it leaves as evidence, and that no cell's value leaves the engine."""

import json
from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

import expectations
import releases
from expectations.gate import Outcome
from expectations.rules import Rule, load_rules
from orchestration.settings import Settings
from tests.releases import handmade

Spoil = Callable[[str, str], None]
CANARY = "zyx canary"


@pytest.fixture
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in load_rules()}


def outcome(result: expectations.GateResult, rule_id: str) -> Outcome:
    return next(each for each in result.outcomes if each.rule.id == rule_id)


def test_a_sound_candidate_passes_and_carries_the_evidence(settings: Settings, rules: dict[str, Rule]) -> None:
    candidate = releases.pending(settings)
    result = expectations.audit(settings, candidate, list(rules.values()))
    result.raise_if_blocked()
    assert (candidate.folder / "quality" / "index.html").is_file()
    for path in [candidate.folder / "marts.duckdb", candidate.folder / "commercial.duckdb"]:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute(
                "select rule_id, is_passed, rows_checked from governance.mart_data_quality"
            ).fetchall()
        assert {row[0] for row in rows} == set(rules) and all(row[1] and row[2] for row in rows)
    with duckdb.connect() as connection:
        parquet = candidate.folder / "parquet" / "governance" / "mart_data_quality.parquet"
        assert connection.execute(f"select count(*) from '{parquet}'").fetchone() == (len(rules),)
    assert not list(candidate.folder.glob("*.wal"))


def test_a_critical_failure_blocks_and_says_which_rule_how_many_rows_and_where_to_look(
    settings: Settings, rules: dict[str, Rule], spoil: Spoil
) -> None:
    spoil(rules["CMP-20"].example_breach, "marts")
    result = expectations.audit(settings, releases.pending(settings), list(rules.values()))
    with pytest.raises(releases.ReleaseBlocked) as blocked:
        result.raise_if_blocked()
    assert "CMP-20" in str(blocked.value) and "2 of 8 rows" in str(blocked.value)
    assert "quality/index.html" in str(blocked.value)
    assert outcome(result, "CMP-20").is_passed is False and outcome(result, "CMP-02").is_passed
    with pytest.raises(releases.ReleaseInvalid):
        releases.publish(settings, releases.pending(settings))


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_lesser_failure_reports_and_does_not_block(
    severity: str, settings: Settings, rules: dict[str, Rule], spoil: Spoil
) -> None:
    spoil(rules["CMP-20"].example_breach, "marts")
    result = expectations.audit(settings, releases.pending(settings), [replace(rules["CMP-20"], severity=severity)])
    assert result.passed and outcome(result, "CMP-20").is_passed is False


@pytest.mark.parametrize("severity", ["critical", "info"])
def test_a_rule_that_cannot_be_evaluated_blocks_and_its_message_quotes_no_cell(
    severity: str, settings: Settings, rules: dict[str, Rule], spoil: Spoil
) -> None:
    spoil(f"update core.fct_touchpoints set topic = '{CANARY}'", "marts")
    erring = replace(
        rules["CMP-20"],
        severity=severity,
        failing="select cast(topic as integer) + 1 from core.fct_touchpoints order by 1",
    )
    result = expectations.audit(settings, releases.pending(settings), [erring])
    assert outcome(result, "CMP-20").status == "errored" and not result.passed
    with pytest.raises(releases.ReleaseBlocked) as blocked:
        result.raise_if_blocked()
    assert "ConversionException" in str(blocked.value) and CANARY not in str(blocked.value)
    assert blocked.value.__cause__ is None and blocked.value.__context__ is None
    assert_no_canary(settings)


def test_failing_rules_leave_no_cell_in_any_document(settings: Settings, rules: dict[str, Rule], spoil: Spoil) -> None:
    spoil(f"update core.fct_touchpoints set topic = '{CANARY}', user_key = '{CANARY}', channel = '{CANARY}'", "marts")
    result = expectations.audit(settings, releases.pending(settings), list(rules.values()))
    assert {"CMP-08-FORMAT", "REL-05"} <= {each.rule.id for each in result.outcomes if each.status == "failed"}
    assert_no_canary(settings)


def assert_no_canary(settings: Settings) -> None:
    files = [path for path in (releases.pending(settings).folder / "quality").rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if CANARY.encode() in path.read_bytes()] == []


def test_a_rule_that_looked_at_nothing_blocks(settings: Settings, rules: dict[str, Rule], spoil: Spoil) -> None:
    spoil("delete from core.fct_touchpoints", "commercial")
    result = expectations.audit(settings, releases.pending(settings), [rules["CMP-02"]])
    assert outcome(result, "CMP-02").status == "empty" and "no rows to look at" in result.reasons[0]


def test_every_rule_that_cannot_be_evaluated_blocks_and_is_named(settings: Settings, rules: dict[str, Rule]) -> None:
    broken = [
        replace(rule, each_value="no_such_function({value})") if rule.each_value
        else replace(rule, failing="select no_such_column from {table}" if rule.each_table is not None else "select no_such_column")
        for rule in rules.values()
    ]  # fmt: skip
    result = expectations.audit(settings, releases.pending(settings), broken)
    assert {each.rule.id: each.status for each in result.outcomes} == dict.fromkeys(rules, "errored")
    with pytest.raises(releases.ReleaseBlocked) as blocked:
        result.raise_if_blocked()
    assert [rule_id for rule_id in rules if f"{rule_id}, " not in str(blocked.value)] == []


def test_no_rule_passes_on_a_release_without_rows(settings: Settings, rules: dict[str, Rule], spoil: Spoil) -> None:
    for audience in ("marts", "commercial"):
        for table in handmade.GRAINS:
            if audience == "marts" or table not in handmade.NOT_FOR_SALES:
                spoil(f"delete from {table}", audience)
    result = expectations.audit(settings, releases.pending(settings), list(rules.values()))
    # a table without rows still has columns to look at
    passed = [each.rule.id for each in result.outcomes if each.is_passed and each.rule.table != "published_columns"]
    assert passed == []
    assert not result.passed and "empty" in {each.status for each in result.outcomes}


def test_a_rule_without_deliveries_is_not_applicable_and_does_not_block(
    settings: Settings, rules: dict[str, Rule], spoil: Spoil
) -> None:
    spoil("delete from governance.mart_delivery_accounting", "marts")
    for audience in ("marts", "commercial"):
        spoil("delete from core.fct_touchpoints", audience)
    result = expectations.audit(settings, releases.pending(settings), [rules["CMP-02"]])
    found = outcome(result, "CMP-02")
    assert result.passed and (found.status, found.is_passed, found.rows_checked) == ("not_applicable", None, 0)


def test_without_the_identifiers_to_compare_with_the_gate_blocks(settings: Settings, rules: dict[str, Rule]) -> None:
    settings.warehouse.unlink()
    result = expectations.audit(settings, releases.pending(settings), [rules["CMP-08"]])
    assert outcome(result, "CMP-08").status == "errored" and not result.passed


def test_data_docs_tell_the_rules_titles_and_no_path_of_this_machine(
    settings: Settings, rules: dict[str, Rule]
) -> None:
    expectations.audit(settings, releases.pending(settings), [rules["CMP-20"]])
    folder = releases.pending(settings).folder / "quality"
    pages = "".join(path.read_text() for path in folder.rglob("*.html"))
    assert rules["CMP-20"].title in pages
    assert 'href="validations/CME%20independence/' in (folder / "index.html").read_text()
    assert str(settings.home) not in pages
    assert str(settings.home) not in json.dumps(json.loads((folder / "gate.json").read_text()))
