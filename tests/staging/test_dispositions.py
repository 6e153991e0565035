"""What becomes of every raw row: the warehouse's windows against a plain replay of the rulings, over random histories.

The raw files are written here, in the shape that `deliveries` writes, so that a fault of the reader cannot hide one here.
"""

import hashlib
import json
import random
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deliveries.registry import load
from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import Home

START = datetime(2026, 1, 1)
AS_OF = "2026-02-01"
Row = dict[str, str | None]


def registered_columns() -> dict[tuple[str, str], list[str]]:
    return {(o.system, o.name): [column.name for column in o.loaded] for o in load(PROJECT_DIR).objects}


def fingerprint(row: Row) -> str:
    return hashlib.md5(json.dumps(row, sort_keys=True).encode()).hexdigest()


class Feed:
    """Raw files and ledger lines of hand-made deliveries."""

    def __init__(self, raw: Path) -> None:
        self.raw = raw
        self.ledger: list[dict[str, Any]] = []
        self.columns = registered_columns()
        for system, name in self.columns:
            self.write(system, name, "columns", START, [])

    def write(self, system: str, name: str, delivery: str, at: datetime, rows: list[Row]) -> None:
        data: dict[str, Any] = {
            column: pa.array([row.get(column) for row in rows], pa.string()) for column in self.columns[system, name]
        }
        data["_delivery"] = pa.array([delivery] * len(rows), pa.string())
        data["_row"] = pa.array(range(1, len(rows) + 1), pa.int64())
        data["_delivered_at"] = pa.array([at] * len(rows), pa.timestamp("us"))
        data["_hash"] = pa.array([fingerprint(row) for row in rows], pa.string())
        data["_reason"] = pa.array([row.get("_reason") for row in rows], pa.string())
        data["_line"] = pa.array([None] * len(rows), pa.string())
        folder = self.raw / system / name
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(data), folder / f"{delivery}.parquet")

    def deliver(
        self, system: str, name: str, delivery: str, at: datetime, rows: list[Row], *, status: str = "applied"
    ) -> None:
        if status == "applied":
            self.write(system, name, delivery, at, rows)
        line = {
            "system": system,
            "object": name,
            "delivery": delivery,
            "delivered_at": at,
            "sha256": "0" * 64,
            "bytes": 1,
        }
        line |= {"is_full": "_full" in delivery, "is_deletes": "_deletes" in delivery, "rows_read": len(rows)}
        self.ledger.append(line | {"status": status, "status_reason": None, "unknown_columns": None})

    def close(self) -> None:
        folder = self.raw / "rapport" / "deliveries"
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            ledger = pa.Table.from_pylist(self.ledger)
            connection.register("ledger", ledger)
            connection.execute(
                "copy (select * replace (status_reason::text as status_reason, unknown_columns::text as unknown_columns) "
                f"from ledger) to '{folder}/deliveries.parquet' (format parquet)"
            )


def content_history(feed: Feed, random_: random.Random) -> None:
    """Upserts, full extracts in one to three files, deletions and bad rows; several deliveries share an instant."""
    for step in range(14):
        at = START + timedelta(days=step // 2)
        words = random_.choice(["", "", "_full", "_full", "_deletes"])
        for part in range(random_.choice([1, 1, 2, 3])):
            keys = [f"K{random_.randrange(250)}" for _ in range(0 if words == "_deletes" and step < 2 else 90)]
            rows: list[Row] = []
            for key in keys:
                row: Row = {"content_id": key}
                if words != "_deletes":
                    row["content_type"] = random_.choice("ab")
                    row["minutes"] = random_.choice([None, None, None, "5", "x"])
                if random_.random() < 0.03:
                    row["content_id"] = None
                if random_.random() < 0.03:
                    row["_reason"] = "field_count"
                rows.append(row)
            delivery = f"{at:%Y%m%dT%H%M%SZ}{words}_{step}_{part}"
            status = "refused" if words == "_full" and random_.random() < 0.1 else "applied"
            feed.deliver("reference", "content", delivery, at, rows, status=status)


def send_history(feed: Feed, random_: random.Random) -> None:
    """Marketing Cloud events: overlapping windows, rows that come again with another value."""
    for step in range(6):
        rows: list[Row] = []
        for _ in range(80):
            row: Row = {"JobID": "1", "ListID": "1", "BatchID": "1", "SubscriberID": str(random_.randrange(100))}
            rows.append(row | {"EventDate": "2026-01-01 00:00:00", "Domain": random_.choice("ab")})
        feed.deliver("sfmc", "Sent", f"step_{step}", START + timedelta(days=step), rows)


def learner_history(feed: Feed, random_: random.Random) -> None:
    """PARS: a row adds or withdraws a completion, in the order of file and array (CME-02)."""
    for step in range(6):
        rows: list[Row] = []
        for _ in range(60):
            row: Row = {
                "ProviderOrganization": "0001234",
                "moduleID": "200000123",
                "LearnerID": f"NY:{random_.randrange(60)}",
            }
            row |= {"CompletedDateTime": "2026-01-01T10:00:00", "ModuleName": random_.choice("ab")}
            rows.append(row | {"LearnerRecordAction": random_.choice(["add", "add", "add", "delete", "withdraw"])})
        feed.deliver("cme_pars", "learner_report", f"step_{step}", START + timedelta(days=step), rows)


def call(key: str, **columns: str | None) -> Row:
    row: Row = {"Id": key, "Status_vod__c": "Submitted_vod", "Call_Date_vod__c": "2026-01-01", "Account_vod__c": "A"}
    return row | columns


def small_cases(feed: Feed) -> None:
    """Calls whose fate is written beside them, and record types."""
    calls = [
        call("a0QEX0000000001"),
        call("a0QEX0000000002AAA", Call_Date_vod__c="2026-13-01", Duration_vod__c="long"),
        call("a0QEX0000000003AAA", Duration_vod__c="1,5"),
        call("a0QEX0000000004AAA", Status_vod__c="Soumis"),
        call("a0QEX0000000005AAA", Call_Date_vod__c="2026-02-01"),
        call("a0QEX0000000006AAA", Call_Date_vod__c="2026-02-01", Status_vod__c="Planned_vod"),
        call("a0QEX0000000007AAA", Call_Date_vod__c="2026-01-20"),
        call("a0QEX0000000008AAA", RecordTypeId="012EX0000000001"),
        call("a0QEX0000000009AAA", RecordTypeId="012EX0000000009"),
        call("a0QEX000000000AAAA", CreatedDate="infinity", IsDeleted="perhaps"),
        call("a0QEX000000000aAAA"),
    ]
    feed.deliver("veeva_crm", "Call2_vod__c", "first", START, calls)
    feed.deliver(
        "veeva_crm", "Call2_vod__c", "second", START + timedelta(days=1), [call("a0QEX00000000012AA", Name="x")]
    )
    types: list[Row] = [{"Id": "012EX0000000001YAA", "DeveloperName": "Call_vod", "SobjectType": "Call2_vod__c"}]
    feed.deliver("veeva_crm", "RecordType", "types", START, types)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Feed, duckdb.DuckDBPyConnection]]:
    home = Home.make(tmp_path_factory.mktemp("dispositions") / "home")
    feed = Feed(home.settings.home / "raw")
    content_history(feed, random.Random(1))
    send_history(feed, random.Random(2))
    learner_history(feed, random.Random(3))
    small_cases(feed)
    feed.close()
    command = [
        DBT,
        "run",
        "--quiet",
        "--select",
        "+stg_rapport__dispositions",
        "--vars",
        json.dumps({"as_of_on": AS_OF}),
    ]
    done = subprocess.run(
        command, env=home.settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(home.settings.warehouse), read_only=True) as connection:
        yield feed, connection


def dispositions(
    connection: duckdb.DuckDBPyConnection, system: str, name: str
) -> dict[tuple[str, int], tuple[str, str | None]]:
    rows = connection.execute(
        "select delivery, row_number, disposition, reason_code from staging.stg_rapport__dispositions "
        "where system = ? and object = ?",
        [system, name],
    ).fetchall()
    assert len(rows) == len({row[:2] for row in rows})
    return {(delivery, number): (disposition, reason) for delivery, number, disposition, reason in rows}


def read_back(feed: Feed, system: str, name: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Applied deliveries of an object with their rows, in the order in which they apply."""
    lines = [
        line for line in feed.ledger if (line["system"], line["object"], line["status"]) == (system, name, "applied")
    ]
    lines.sort(key=lambda line: (line["delivered_at"], line["is_deletes"], line["delivery"]))
    return [
        (line, pq.read_table(feed.raw / system / name / f"{line['delivery']}.parquet").to_pylist()) for line in lines
    ]


class Replay:
    """The rulings, one row after the other."""

    def __init__(self) -> None:
        self.fate: dict[tuple[str, int], str] = {}
        self.state: dict[str, tuple[tuple[str, int], str]] = {}

    def remove(self, key: str) -> None:
        if key in self.state:
            self.fate[self.state.pop(key)[0]] = "deleted"

    def upsert(self, key: str, rows: list[tuple[tuple[str, int], str]]) -> None:
        """The rows of a key in one file, no deletion between them: the last wins."""
        *earlier, (winner, content) = rows
        for place, other in earlier:
            self.fate[place] = "duplicate" if other == content else "superseded"
        if key not in self.state:
            self.state[key] = (winner, content)
            self.fate[winner] = "accepted"
        elif self.state[key][1] == content:
            self.fate[winner] = "duplicate"
        else:
            self.fate[self.state[key][0]] = "superseded"
            self.state[key] = (winner, content)
            self.fate[winner] = "accepted"


def test_content_follows_the_rulings_through_full_extracts_and_deletions(
    built: tuple[Feed, duckdb.DuckDBPyConnection],
) -> None:
    feed, connection = built
    replay, expected_reason = Replay(), {}
    deliveries = read_back(feed, "reference", "content")
    refused = {
        line["delivered_at"] for line in feed.ledger if line["object"] == "content" and line["status"] != "applied"
    }
    for instant in sorted({line["delivered_at"] for line, _ in deliveries}):
        at_once = [(line, rows) for line, rows in deliveries if line["delivered_at"] == instant]
        present: set[str] = set()
        for line, rows in at_once:
            good: dict[str, list[tuple[tuple[str, int], str]]] = {}
            for row in rows:
                place, key = (line["delivery"], row["_row"]), row["content_id"]
                present |= {key} - {None}
                bad_number = not line["is_deletes"] and row["minutes"] == "x"
                reason = row["_reason"] or ("null_key" if key is None else "unparsable_number" if bad_number else None)
                if reason:
                    replay.fate[place], expected_reason[place] = "quarantined", reason
                elif line["is_deletes"]:
                    replay.fate[place] = "accepted"
                    replay.remove(key)
                else:
                    good.setdefault(key, []).append((place, row["_hash"]))
            for key, key_rows in good.items():
                replay.upsert(key, key_rows)
        if any(line["is_full"] for line, _ in at_once) and instant not in refused:
            for key in set(replay.state) - present:
                replay.remove(key)
    found = dispositions(connection, "reference", "content")
    assert {place: disposition for place, (disposition, _) in found.items()} == replay.fate
    assert {place: reason for place, (_, reason) in found.items() if reason} == expected_reason
    assert set(replay.fate.values()) == {"accepted", "superseded", "duplicate", "deleted", "quarantined"}


def test_marketing_cloud_events_count_once_and_the_first_row_stands(
    built: tuple[Feed, duckdb.DuckDBPyConnection],
) -> None:
    feed, connection = built
    seen: set[str] = set()
    expected = {}
    for line, rows in read_back(feed, "sfmc", "Sent"):
        for row in rows:
            expected[line["delivery"], row["_row"]] = "duplicate" if row["SubscriberID"] in seen else "accepted"
            seen.add(row["SubscriberID"])
    found = dispositions(connection, "sfmc", "Sent")
    assert {place: disposition for place, (disposition, _) in found.items()} == expected


def test_learner_reports_are_added_and_withdrawn_in_array_order(built: tuple[Feed, duckdb.DuckDBPyConnection]) -> None:
    feed, connection = built
    replay = Replay()
    for line, rows in read_back(feed, "cme_pars", "learner_report"):
        by_key: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_key.setdefault(row["LearnerID"], []).append(row)
        for key, key_rows in by_key.items():
            waiting: list[tuple[tuple[str, int], str]] = []
            for row in key_rows:
                place = (line["delivery"], row["_row"])
                if row["LearnerRecordAction"] == "withdraw":
                    replay.fate[place] = "quarantined"
                elif row["LearnerRecordAction"] == "add":
                    waiting.append((place, row["_hash"]))
                else:
                    if waiting:
                        replay.upsert(key, waiting)
                    replay.fate[place], waiting = "accepted", []
                    replay.remove(key)
            if waiting:
                replay.upsert(key, waiting)
    found = dispositions(connection, "cme_pars", "learner_report")
    assert {place: disposition for place, (disposition, _) in found.items()} == replay.fate


def test_small_cases(built: tuple[Feed, duckdb.DuckDBPyConnection]) -> None:
    _, connection = built
    found = dispositions(connection, "veeva_crm", "Call2_vod__c")
    assert [found["first", row] for row in range(1, 12)] == [
        ("superseded", None),  # the second delivery has its 18-character form
        ("quarantined", "unparsable_date"),
        ("quarantined", "unparsable_number"),
        ("quarantined", "unknown_value"),
        ("quarantined", "future_event"),  # as of the first of February its day has not come
        ("accepted", None),  # a plan may lie ahead
        ("accepted", None),  # its day has come
        ("accepted", None),  # a record type by its 15-character id
        ("quarantined", "unknown_value"),
        ("quarantined", "unparsable_date"),
        ("accepted", None),  # ids differ by case
    ]
    assert found["second", 1] == ("accepted", None)
    first = connection.execute(
        "select first_delivered_at from staging.stg_rapport__dispositions "
        "where object = 'Call2_vod__c' and delivery = 'second'"
    ).fetchone()
    assert first == (START,)
    names = connection.execute(
        "select row_number, column_names from staging.stg_rapport__dispositions "
        "where object = 'Call2_vod__c' and disposition = 'quarantined' order by row_number"
    ).fetchall()
    assert names == [
        (2, "Call_Date_vod__c"),
        (3, "Duration_vod__c"),
        (4, "Status_vod__c"),
        (5, "Call_Date_vod__c"),
        (9, "RecordTypeId"),
        (10, "CreatedDate"),
    ]
