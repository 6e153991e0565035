"""Homes in which only the free-text scan was built."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest

import deliveries
from deliveries.registry import load
from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import Home

AS_OF = date(2026, 3, 10)
MODELS = ["+mart_safety_candidates", "+mart_safety_summary"]
Row = dict[str, Any]


def scan(home: Home) -> None:
    """Receive what lies in landing, and build the queue and its counts."""
    settings = home.settings
    deliveries.receive(settings.landing, settings.home, load(PROJECT_DIR), settings.feed_overrides())
    command = [DBT, "build", "--quiet", "--resource-type", "seed", "--resource-type", "model", "--select", *MODELS]
    command += ["--vars", json.dumps(settings.dbt_vars(AS_OF))]
    done = subprocess.run(
        command, env=settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]


def rows(home: Home, sql: str) -> list[Row]:
    """The rows of a query on the working database."""
    with duckdb.connect(str(home.settings.warehouse), read_only=True) as connection:
        result = connection.execute(sql)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def queue(home: Home) -> list[Row]:
    return rows(home, "select * from restricted.mart_safety_candidates order by all")


def table(records: list[dict[str, str]]) -> str:
    """CSV of records."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for record in records for name in record)))
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def call(number: int, comment: str, **cells: str) -> dict[str, str]:
    """A submitted call with a remark."""
    usual = {
        "Attendee_Type_vod__c": "Person_Account_vod", "Account_vod__c": "001EX0000000417YAA", "Status_vod__c": "Submitted_vod",
        "Call_Channel_vod__c": "Phone_vod", "Call_Date_vod__c": "2026-02-01", "Parent_Call_vod__c": "", "IsDeleted": "false",
    }  # fmt: skip
    return {"Id": f"a04EX{number:010d}", **usual, "Call_Comments_vod__c": comment, **cells}


Scanned = Callable[[list[str]], dict[str, set[str]]]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """Items found per sentence."""

    def run(sentences: list[str]) -> dict[str, set[str]]:
        home = Home.make(tmp_path_factory.mktemp("scan") / "home")
        calls = [call(number, sentence) for number, sentence in enumerate(sentences)]
        home.deliver("veeva_crm", "Call2_vod__c", "20260301T000000Z.csv", table(calls))
        scan(home)
        found: dict[str, set[str]] = {sentence: set() for sentence in sentences}
        for candidate in queue(home):
            found[candidate["text"]].add(candidate["item"])
        return found

    return run
