"""Every rule on deliveries, by its file: silent on a steady feed, loud on a planted breach, and never about a value."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

import deliveries
from deliveries import profiles
from deliveries.ledger import SCHEMA as LEDGER
from deliveries.registry import load
from expectations import health
from expectations.documents import judge
from expectations.gate import Outcome
from expectations.rules import Rule
from orchestration.settings import PROJECT_DIR
from tests.conftest import Home

RULES = health.load_delivery_rules()

# Sixteen days of a feed with a hundred rows and ten opt-outs each, as ledger and profiles would hold them.
STEADY = """
create temp table run as select timestamp '2026-03-17' as as_of_at;
insert into ledger by name
select 'invented' as system, 'Feed' as object, strftime(day, '%Y%m%dT010000Z.csv') as delivery, day as delivered_at,
    false as is_full, false as is_deletes, 100 as rows_read, 'applied' as status
from (select unnest(generate_series(timestamp '2026-03-01 01:00', timestamp '2026-03-16 01:00', interval 1 day)) as day);
insert into profiles by name
select system, object, delivery, column_name, true as is_registered, true as is_present, 95 as filled, 0 as unseen, 0 as ahead,
    false as is_event_time, if(column_name = 'Key', 10, 0) as opt_outs
from ledger, (select unnest(['Key', 'Usual', 'Rare']) as column_name);
"""


@pytest.fixture
def feed() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, schema in (("ledger", LEDGER), ("profiles", profiles.SCHEMA)):
            connection.register("empty", schema.empty_table())
            connection.execute(f"create temp table {name} as from empty")
        connection.execute(STEADY)
        yield connection


def loud(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    found = health.judge_loaded(connection, RULES)
    assert {measure.error for measure in found.measures} == {""}
    return {each.rule_id: each.words for each in found.warnings}


def test_a_steady_feed_is_healthy_and_every_rule_but_that_of_full_extracts_has_looked_at_rows(
    feed: duckdb.DuckDBPyConnection,
) -> None:
    assert loud(feed) == {}
    looked = {each.rule.id: each.rows_checked for each in health.judge_loaded(feed, RULES).measures}
    assert [rule_id for rule_id, rows in looked.items() if not rows] == ["DLV-04"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_warns_of_a_planted_breach(rule: Rule, feed: duckdb.DuckDBPyConnection) -> None:
    feed.execute(rule.example_breach)
    assert rule.id in loud(feed)


def test_history_only_warns_even_when_a_rule_cannot_be_evaluated(feed: duckdb.DuckDBPyConnection) -> None:
    broken = replace(RULES[0], failing="select no_such_column from columns")
    (measure,) = health.judge_loaded(feed, [broken]).measures
    assert (measure.error, measure.rows_failing) == ("BinderException", None)
    status = judge([measure], "test", None)["DLV-01", health.AUDIENCE]
    assert status == "errored" and not Outcome(broken, status, 0, None, measure.error).is_blocking
    with pytest.raises(ValueError, match="not well formed"):
        replace(RULES[0], severity="critical")


def test_great_expectations_finds_what_the_counts_say(feed: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    feed.execute(next(rule for rule in RULES if rule.id == "DLV-01").example_breach)
    measures = health.judge_loaded(feed, RULES).measures
    verdicts = judge(measures, "test", tmp_path / "docs")
    assert {rule_id for (rule_id, _), verdict in verdicts.items() if verdict == "failed"} == {"DLV-01"}
    assert verdicts["DLV-04", health.AUDIENCE] == "not_applicable"
    pages = "".join(path.read_text() for path in (tmp_path / "docs").rglob("*.html"))
    assert "invented/Feed/20260316T010000Z.csv: column Usual is gone" in pages


def test_a_short_history_and_small_counts_say_nothing(feed: duckdb.DuckDBPyConnection) -> None:
    feed.execute("delete from ledger where delivery < '20260314'")
    feed.execute("update ledger set rows_read = 3 where delivery like '20260316%'")
    feed.execute("update profiles set opt_outs = 0, filled = 0 where delivery like '20260316%'")
    assert loud(feed) == {}


def test_a_week_in_one_file_after_days_and_an_empty_weekend_are_no_news(feed: duckdb.DuckDBPyConnection) -> None:
    feed.execute("update ledger set rows_read = 0 where isodow(delivered_at) in (6, 7)")
    feed.execute(
        "update profiles set filled = 0, opt_outs = 0 from ledger as l where profiles.delivery = l.delivery and l.rows_read = 0"
    )
    feed.execute(
        "update ledger set rows_read = 700, delivered_at = delivered_at + interval 6 day where delivery like '20260316%'"
    )
    feed.execute("update profiles set filled = 665 where delivery like '20260316%'")
    assert loud(feed) == {}


def test_the_parts_of_one_extract_count_together(feed: duckdb.DuckDBPyConnection) -> None:
    last = "where delivery like '20260316%'"
    for part in ("part1", "part2"):
        feed.execute(f"insert into ledger select * replace ('{part}' as delivery, 50 as rows_read) from ledger {last}")
        halved = f"select * replace ('{part}' as delivery, filled // 2 as filled) from profiles {last}"
        feed.execute(f"insert into profiles {halved}")
    feed.execute(f"delete from ledger {last}")
    assert loud(feed) == {}


CALLS = "Id,Account_vod__c,Status_vod__c,Call_Channel_vod__c,Call_Date_vod__c,Attendee_Type_vod__c,IsDeleted"


def received(home: Home) -> health.Health:
    registry = load(PROJECT_DIR)
    deliveries.receive(home.landing, home.settings.home, registry)
    profiles.take(home.settings.home, registry)
    return health.examine(home.settings.home, date(2026, 3, 6))


def test_from_files_to_warnings(home: Home) -> None:
    row = "a04EX000000000{:02d}YAA,001EX0000000001YAA,{},Phone_vod,2026-02-{:02d},Person_Account_vod,false\n"
    for day in range(1, 6):
        rows = "".join(row.format(n, "Submitted_vod", n) for n in range(1, 25))
        home.deliver("veeva_crm", "Call2_vod__c", f"2026030{day}T010000Z.csv", f"{CALLS}\n{rows}")
    assert received(home).warnings == []
    rows = "".join(row.format(n, "Zaphirabeth", n) for n in range(1, 4))
    header = CALLS.replace("Call_Channel_vod__c", "Chanel")
    home.deliver("veeva_crm", "Call2_vod__c", "20260306T010000Z.csv", f"{header}\n{rows}")
    words = {each.rule_id: each.words for each in received(home).warnings}
    assert words == {
        "DLV-01": "column Call_Channel_vod__c is gone; 5 of the last 5 deliveries had it",
        "DLV-02": "column Chanel is new; it is kept in raw and read by nothing",
        "DLV-08": "column Status_vod__c has a value outside its list in 3 of 3 rows: see quarantine, then `picklists` in feeds.yml",
    }


def test_a_delivery_is_looked_at_once_and_again_when_its_declaration_changes(home: Home) -> None:
    registry = load(PROJECT_DIR)
    home.deliver(
        "sfmc",
        "Unsubscribe",
        "20260301T010000Z.csv",
        "JobID,ListID,BatchID,SubscriberID,EventDate\n1,2,3,4,2026-02-01\n",
    )
    home.deliver("reference", "teams", "20260301T010000Z.csv", "user_id,team,function,region,valid_from,valid_to\n")
    deliveries.receive(home.landing, home.settings.home, registry)
    counts = [
        profiles.take(home.settings.home, registry, overrides)
        for overrides in ({}, {}, {"sfmc": {"Unsubscribe": {"delimiter": ";"}}})
    ]
    assert counts == [2, 0, 0]
    with duckdb.connect() as connection:
        found = connection.execute(
            "select sum(opt_outs) from read_parquet(?)", [str(profiles.path_of(home.settings.home))]
        ).fetchone()
    assert found == (1,)
    assert (
        profiles.take(home.settings.home, registry, {"reference": {"teams": {"picklists": {"function": ["invented"]}}}})
        == 1
    )
