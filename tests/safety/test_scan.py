"""The scan comes first: it reads every delivered row, whatever becomes of it, and keeps a text until it was passed on."""

import json
from pathlib import Path

import pytest

from tests.conftest import Home
from tests.leaks import places_of
from tests.safety.conftest import call, queue, rows, scan, table

AT = {"Call_Datetime_vod__c": "2026-02-01T09:30:00.000+0000"}
CASE = "Patient Zaphira Quillfeather had a seizure after the second dose"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.make(tmp_path_factory.mktemp("scan") / "home")
    home.deliver(
        "veeva_crm", "Call2_vod__c", "20260301T000000Z.csv",
        table([
            call(1, CASE + " one", **AT),
            call(2, CASE + " superseded"),
            call(2, "Asked about dosing."),
            call(3, CASE + " without a day", Call_Date_vod__c="2026-13-45"),
            call(4, CASE + " of an unknown status", Status_vod__c="Cancelled_by_customer_c"),
            call(5, CASE + " deleted", IsDeleted="true"),
            {**call(6, CASE + " without key"), "Id": ""},
        ])
        + f"a04EX0000000007,{CASE} in a line too short\n",
    )  # fmt: skip
    home.deliver("veeva_crm", "Call2_vod__c", "20260302T000000Z.csv", table([call(1, CASE + " one", **AT)]))
    home.deliver("veeva_crm", "Call2_vod__c", "20260303T000000Z_deletes.csv", "Id\na04EX0000000003\n")
    question = {"questionid": 5, "createtimestamp": "2026-02-03T10:00:00-08:00", "content": CASE + " on ON24"}
    attendee = {"eventuserid": 7, "email": "ada@example.org", "questions": [question]}
    home.deliver("on24", "attendee", "20260301T000000Z.json", json.dumps({"eventid": 8, "attendees": [attendee]}))
    statement = {
        "id": "00000000-0000-4000-8000-000000000001", "actor": {"account": {"homePage": "https://lms.example.org", "name": "x"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"}, "object": {"id": "course-1"},
        "result": {"response": CASE + " in a course without consent"}, "timestamp": "2026-02-05T08:00:00Z",
    }  # fmt: skip
    home.deliver("cme_lms", "xapi", "20260301T000000Z.jsonl", json.dumps(statement) + "\n")
    home.deliver(
        "sfmc", "Bounce", "20260301T000000Z.csv",
        "JobID,ListID,BatchID,SubscriberID,EventDate,SMTPBounceReason\n"
        "1,1,1,1,2026-02-01 10:00:00,550 5.1.1 <ada@example.org> unknown at 192.0.2.7\n",
    )  # fmt: skip
    scan(home)
    return home


def events(home: Home) -> dict[str, dict[str, object]]:
    return {row["text"].split("dose ")[-1]: row for row in queue(home) if row["kind"] == "adverse_event"}


def test_rows_of_every_fate_are_scanned(built: Home) -> None:
    fates = ["one", "superseded", "without a day", "of an unknown status", "deleted", "without key"]
    assert set(fates) <= set(events(built))
    assert events(built)["one"]["times_delivered"] == 2 and events(built)["one"]["delivery"] == "20260301T000000Z.csv"


def test_lines_that_cannot_be_split_are_scanned(built: Home) -> None:
    (line,) = (row for row in events(built).values() if row["column_name"] == "_line")
    assert line["item"] == "reaction" and line["row_number"] == 8


def test_documents_and_answers_of_learners_without_consent_are_scanned(built: Home) -> None:
    found = {(row["source_system"], row["column_name"]) for row in events(built).values()}
    assert {("on24", "questions"), ("cme_lms", "result_response")} <= found


def test_an_answer_of_a_mail_server_is_no_patient(built: Home) -> None:
    assert not [row for row in queue(built) if row["source_system"] == "sfmc"]


def test_awareness_is_the_event_and_detection_the_delivery(built: Home) -> None:
    one = events(built)["one"]
    assert [str(one[name]) for name in ("awareness_at", "detected_at", "due_at")] == [
        "2026-02-01 09:30:00", "2026-03-01 00:00:00", "2026-02-02 09:30:00",
    ]  # fmt: skip
    assert one["is_overdue"] and not one["is_forwarded_late"]


def test_rows_scanned_are_the_rows_received(built: Home) -> None:
    scanned, received = (
        {
            (row["object"], row["delivery"], row["n"])
            for row in rows(built, f"select object, delivery, {count} as n from {table}")
        }
        for table, count in (
            ("staging.stg_rapport__scanned_rows", "rows_scanned"),
            ("staging.stg_rapport__deliveries", "rows_read"),
        )
    )
    assert scanned == received
    assert sum(count for *_, count in scanned) == 13


def test_no_text_reaches_logs_or_artefacts(built: Home) -> None:
    places = [
        path for path in built.settings.home.iterdir() if path.name not in ("landing", "raw", "quarantine", "warehouse")
    ]
    assert places_of(["Zaphira", "Quillfeather"], *places) == []


def test_outside_raw_the_text_stands_in_the_queue_alone(built: Home) -> None:
    tables = rows(
        built, "select schema_name || '.' || table_name as name from duckdb_tables() where schema_name <> 'staging'"
    )
    holders = {
        each["name"]
        for each in tables
        if rows(built, f"select 1 from {each['name']} as t where cast(t as text) like '%Quillfeather%' limit 1")
    }
    assert holders == {"restricted.mart_safety_candidates"}


def test_a_text_leaves_when_it_was_passed_on_and_not_before(built: Home, tmp_path: Path) -> None:
    home = built.copy(tmp_path / "home")
    passed = events(home)["one"]["candidate_id"]
    home.deliver(
        "privacy", "safety_forwards", "20260305T000000Z.csv",
        f"candidate_id,forwarded_at,action_code\n{passed},2026-02-02T09:00:00Z,TO_SAFETY\n",
    )  # fmt: skip
    scan(home)
    after = {row["candidate_id"]: row for row in queue(home)}
    one = after.pop(passed)
    assert one["text"] is None and (one["hours_open"], one["is_overdue"], one["is_forwarded_late"]) == (
        23,
        False,
        False,
    )
    assert all(row["text"] for row in after.values())
    assert len(after) + 1 == len(queue(built))
    staged = rows(home, "select text from staging.stg_rapport__safety_hits where forwarded_at is not null")
    assert staged == [{"text": None}]
