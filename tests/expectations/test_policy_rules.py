"""Every policy rule, by its file: it passes on sound rows, fails on planted ones, and proves nothing on none."""

from collections.abc import Callable

import pytest

import releases
from expectations.measures import measure
from expectations.rules import THEMES, Rule, load_feeds, load_rules
from orchestration.settings import Settings
from tests.releases import handmade

RULES = load_rules()
Spoil = Callable[[str, str], None]


def by_id(rule: Rule) -> str:
    return rule.id


def test_there_are_rules_of_every_theme_and_their_ids_are_names_for_dagster() -> None:
    assert {rule.theme for rule in RULES} == set(THEMES)
    assert all(rule.check_name.isidentifier() for rule in RULES)


def test_all_rules_pass_on_a_sound_candidate(built: Settings) -> None:
    for each in measure(built, releases.pending(built), RULES):
        assert (each.rule.id, each.error, each.rows_failing) == (each.rule.id, "", 0)
        assert each.rows_checked


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_fails_on_planted_rows(rule: Rule, settings: Settings, spoil: Spoil) -> None:
    spoil(rule.example_breach, rule.audits[0])
    first = measure(settings, releases.pending(settings), [rule])[0]
    assert first.error == "" and first.rows_failing


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.table and rule.table[0] != "p"], ids=by_id)
def test_a_rule_on_an_emptied_table_has_looked_at_nothing(rule: Rule, settings: Settings, spoil: Spoil) -> None:
    spoil(f"delete from {rule.table}", rule.audits[0])
    first = measure(settings, releases.pending(settings), [rule])[0]
    assert first.rows_checked == 0 and first.is_applicable


def test_finding_no_row_for_want_of_deliveries_makes_rules_not_applicable(settings: Settings, spoil: Spoil) -> None:
    for audience in ("marts", "commercial"):
        for table in handmade.GRAINS:
            if audience == "marts" or table not in handmade.NOT_FOR_SALES:
                spoil(f"delete from {table}", audience)
    rules = [rule for rule in RULES if (rule.table or rule.id) in load_feeds().audited]
    for each in measure(settings, releases.pending(settings), rules):
        assert (each.error, each.rows_checked, each.is_applicable) == ("", 0, False), each.rule.id


@pytest.mark.parametrize("cell", ["70001", " ADA.CANARY@example.org", "1234567|NPI:1234567893"])
def test_a_profile_id_is_found_however_short(cell: str, settings: Settings, spoil: Spoil) -> None:
    spoil(f"update core.fct_touchpoints set product = '{cell}' where hcp_key is not null", "marts")
    (rule,) = (rule for rule in RULES if rule.id == "CMP-08")
    assert measure(settings, releases.pending(settings), [rule])[0].rows_failing


@pytest.mark.parametrize("hashed", ["md5(id)", "sha1(id)", "sha256(id)", "upper(sha256(id))", "left(sha256(id), 32)"])
def test_a_plain_hash_of_an_identifier_is_found(hashed: str, settings: Settings, spoil: Spoil) -> None:
    spoil(f"update core.fct_touchpoints set product = (select {hashed} from (select 'rEX0AbCdEAAV' as id))", "marts")
    (rule,) = (rule for rule in RULES if rule.id == "CMP-08")
    assert measure(settings, releases.pending(settings), [rule])[0].rows_failing


@pytest.mark.parametrize(
    ("text", "rule_id"),
    [
        ("ada@example.org", "CMP-06-EMAIL"),
        ("ada%40example.org", "CMP-06-EMAIL"),
        ("(212) 555-0100", "CMP-06-PHONE"),
        ("212-555-0100", "CMP-06-PHONE"),
        ("+49 30 901820", "CMP-06-PHONE"),
        ("1234567893", "CMP-06-NPI"),
        ("1000000000 or 1234567893", "CMP-06-NPI"),
        ("0035g00000AbCdE", "CMP-06-VENDOR-ID"),
        ("https://example.org/j/83", "CMP-06-NETWORK"),
        ("2001:db8:85a3:0:0:8a2e:370:7334", "CMP-06-NETWORK"),
        ("two\nlines", "CMP-06-TEXT"),
        ("Dr Ada-Canary!", "CMP-06-NAMES"),
    ],
)
def test_identifier_shaped_values_are_found(text: str, rule_id: str, settings: Settings, spoil: Spoil) -> None:
    spoil(f"update core.fct_touchpoints set topic = '{text}'", "marts")
    rules = [rule for rule in RULES if rule.each_value and not rule.needs_identifiers]
    found = {each.rule.id for each in measure(settings, releases.pending(settings), rules) if each.rows_failing}
    assert rule_id in found


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",
        "20260105T010000Z_part1.csv",
        "100000000001",
        "heart failure",
        "the adas, canary",
        "1.2.0",
        "2026-01-05 10:00:00",
    ],
)
def test_innocent_values_are_left_alone(text: str, settings: Settings, spoil: Spoil) -> None:
    spoil(f"update core.dim_hcps set specialty = '{text}'", "marts")
    rules = [rule for rule in RULES if rule.each_value]
    assert not any(each.rows_failing for each in measure(settings, releases.pending(settings), rules))


def test_a_number_column_hides_no_identifier(settings: Settings, spoil: Spoil) -> None:
    spoil("update core.fct_touchpoints set duration_seconds = 1234567893", "marts")
    (rule,) = (rule for rule in RULES if rule.id == "CMP-06-NPI")
    assert measure(settings, releases.pending(settings), [rule])[0].rows_failing
