"""JSON answers: pages opened to the innermost record, exact text, what is no page refused."""

import json
from typing import Any

import pytest

from tests.deliveries.conftest import Box

NAME = "20260304T000000Z.json"
PARTICIPANTS = ("zoom", "participants")
QA = ("zoom", "qa")
REGISTRANTS = ("zoom", "registrants")
PARS = ("cme_pars", "learner_report")
EVENTS = ("on24", "event")
SECRET = "Ada-Fictional-4711"


def page(*joins: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 98765432109, "uuid": "abc==", "page_count": 1, "participants": list(joins), **more}


def join(user_id: Any = "1", **more: Any) -> dict[str, Any]:
    return {"id": "", "user_id": user_id, "join_time": "2026-03-03T18:02:00Z", "duration": 1080, **more}


def report(*ids: Any, action: str = "add", **more: Any) -> dict[str, Any]:
    certificates = [{"UniqueID": i, "CreditReceived": {"numberOfCredits": 1.25}} for i in ids]
    module = {
        "ModuleName": {"value": "Example activity", "moduleID": "000000123"},
        "CompletedDateTime": "2025-12-31T23:30:00",
        "CreditCertificate": certificates if len(certificates) != 1 else certificates[0],
    }
    return {
        "Member": {
            "Name": {"GivenName": "Ada", "FamilyName": "Fictional"},
            "PersonalInfo": {"BirthDate": "1970-01-01"},
        },
        "Activity": {"ProviderOrganization": "0001234", "Module": module},
        "XtensibleInfo": {"LearnerRecordAction": action},
        **more,
    }


def reports(*activity_reports: dict[str, Any]) -> str:
    inner = {"DateTimeCreated": "2026-01-04T08:00:00", "ActivityReport": list(activity_reports)}
    return json.dumps({"ACCMELearnerReports": {"ActivityReports": inner}})


def test_each_join_is_a_row_that_carries_its_pages_occurrence(box: Box) -> None:
    box.deliver(NAME, json.dumps(page(join("1"), join("2"))), PARTICIPANTS)
    box.receive()
    assert box.rows("uuid, webinar_id, user_id, _row", PARTICIPANTS) == [
        ("abc==", "98765432109", "1", 1), ("abc==", "98765432109", "2", 2),
    ]  # fmt: skip


def test_a_file_may_hold_an_array_of_pages_or_none(box: Box) -> None:
    box.deliver(NAME, json.dumps([page(join("1")), page(join("2"), uuid="def==")]), PARTICIPANTS)
    box.deliver("20260305T000000Z.json", "[]", PARTICIPANTS)
    box.deliver("20260306T000000Z.json", json.dumps(page()), PARTICIPANTS)
    box.receive()
    assert box.rows("uuid, user_id", PARTICIPANTS) == [("abc==", "1"), ("def==", "2")]
    assert box.ledger("status, rows_read") == [("applied", 2), ("applied", 0), ("applied", 0)]


def test_an_event_stands_alone_or_in_the_list_that_the_vendor_answers(box: Box) -> None:
    alone = {"eventId": 8000001, "contenttype": "webcast", "istestevent": False}
    listed = {"totalevents": 2, "events": [{**alone, "eventId": 8000002}, {**alone, "eventId": 8000003}]}
    box.deliver(NAME, json.dumps([alone, listed, {"totalevents": 0, "events": []}]), EVENTS)
    box.receive()
    assert box.rows("eventid, contenttype", EVENTS) == [(f"800000{n}", "webcast") for n in (1, 2, 3)]


def test_numbers_keep_their_exact_text_and_the_empty_text_is_null(box: Box) -> None:
    text = json.dumps(page(join("X", duration="Y"))).replace('"X"', "912345678901234567").replace('"Y"', "60.10")
    box.deliver(NAME, text, PARTICIPANTS)
    box.receive()
    assert box.rows("user_id, duration, id", PARTICIPANTS) == [("912345678901234567", "60.10", None)]


def test_a_number_and_the_same_number_as_text_hash_alike(box: Box) -> None:
    box.deliver(NAME, json.dumps([page(join(1)), page(join("1"))]), PARTICIPANTS)
    box.receive()
    assert len({row[0] for row in box.rows("_hash", PARTICIPANTS)}) == 1


def test_truth_values_and_nested_values_become_text(box: Box) -> None:
    person = {"id": "r1", "email": "ada@example.org", "status": "approved", "create_time": "2026-02-20T15:00:00Z"}
    nested = {"custom_questions": [{"title": "NPI number", "value": 1234567893}], "join_url": SECRET, "Extra": False}
    box.deliver(NAME, json.dumps({"id": 1, "uuid": "u", "registrants": [{**person, **nested}]}), REGISTRANTS)
    receipt = box.receive()
    assert box.rows("custom_questions, Extra", REGISTRANTS) == [
        ('[{"title":"NPI number","value":"1234567893"}]', "false")
    ]
    assert receipt.unknown_columns == {REGISTRANTS: ("Extra",)}
    assert all(SECRET.encode() not in path.read_bytes() for path in box.home.rglob("*.parquet"))


@pytest.mark.parametrize("lacking", ["id", "uuid"])
def test_a_page_without_its_occurrence_is_refused(box: Box, lacking: str) -> None:
    content = {name: value for name, value in page(join()).items() if name != lacking}
    box.deliver(NAME, json.dumps([page(join()), content]), PARTICIPANTS)
    box.receive()
    assert box.reason() == f"page 2 carries no {lacking}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps(page(join()))[:-3], "the JSON ends early, at byte "),
        ('{"id": 1, "uuid": "u", "participants": [{"name": "' + SECRET, "the JSON ends early, at byte "),
        ('{"é": ' + SECRET + "}", "not JSON at byte 7"),
        (f"Id,Name\n1,{SECRET}\n", "not JSON at byte 0"),
        (json.dumps(SECRET), "page 1 is not an object"),
        (json.dumps({"id": 1, "uuid": "u", "message": SECRET}), "page 1 has no participants"),
        (json.dumps(page(participants=[SECRET])), "page 1, record 1 of participants is not an object"),
        (json.dumps(page({"user_id": "1", "name": SECRET})), "required column missing: join_time"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe" + SECRET.encode(), "not utf-8 at byte 0"),
        ("", "empty"),
    ],
)
def test_what_is_no_page_is_refused_with_its_place_and_without_its_content(
    box: Box, content: str | bytes, reason: str
) -> None:
    box.deliver(NAME, content, PARTICIPANTS)
    receipt = box.receive()
    assert reason in box.reason() and SECRET not in str(receipt)


def test_odd_text_is_data_like_any_other(box: Box) -> None:
    box.deliver(NAME, json.dumps(page(join(name="😀 =cmd|' '\n"), join("2", name="x" * 10_000_000))), PARTICIPANTS)
    box.deliver("20260305T000000Z.json", json.dumps(page(join("3", name="\ud800"))), PARTICIPANTS)
    box.receive()
    assert box.rows("left(name, 20)", PARTICIPANTS) == [("😀 =cmd|' '\n",), ("x" * 20,), ("?",)]


def test_a_learner_is_named_by_the_npi_or_else_by_the_smallest_id_whatever_the_shape(box: Box) -> None:
    npi, board, state = (
        {"value": v, "domain": d} for v, d in (("1234567893", "NPI"), ("990001", "ABIM"), ("A-77", "NY"))
    )
    box.deliver(
        NAME, reports(report([board], [npi]), report([npi, state]), report(state), report([state, board])), PARS
    )
    box.receive()
    assert [row[0] for row in box.rows("LearnerID", PARS)] == [
        "NPI:1234567893",
        "NPI:1234567893",
        "NY:A-77",
        "ABIM:990001",
    ]


def test_a_learners_report_keeps_its_leading_zeros_action_and_certificates_but_no_birth_date(box: Box) -> None:
    box.deliver(NAME, reports(report({"value": "1", "domain": "NPI"}, action="delete")), PARS)
    box.receive()
    columns = "ProviderOrganization, moduleID, CompletedDateTime, LearnerRecordAction, DateTimeCreated, GivenName"
    assert box.rows(columns, PARS) == [
        ("0001234", "000000123", "2025-12-31T23:30:00", "delete", "2026-01-04T08:00:00", "Ada")
    ]
    assert '"numberOfCredits":"1.25"' in box.rows("CreditCertificate", PARS)[0][0]
    assert all(b"1970-01-01" not in path.read_bytes() for path in box.home.rglob("*.parquet"))


def test_one_report_may_stand_without_an_array(box: Box) -> None:
    content = json.loads(reports(report({"value": "1", "domain": "NPI"})))
    inner = content["ACCMELearnerReports"]["ActivityReports"]
    inner["ActivityReport"] = inner["ActivityReport"][0]
    box.deliver(NAME, json.dumps(content), PARS)
    assert box.receive().rows_read == {PARS: 1}


def test_gzipped_json_is_read(box: Box) -> None:
    box.deliver(NAME + ".gz", json.dumps(page(join())), PARTICIPANTS)
    assert box.receive().rows_read == {PARTICIPANTS: 1}


def asked(email: str | None, *ids: str, **more: Any) -> dict[str, Any]:
    details = [{"question_id": i, "question": SECRET, "create_time": "2026-03-03T18:31:10Z"} for i in ids]
    return {"email": email, "name": "Ada Fictional", "question_details": details, **more}


def test_nested_records_carry_what_the_records_around_them_say(box: Box) -> None:
    pages = [
        {"id": 1, "uuid": "u", "questions": [asked("ada@example.org", "q1", "q2"), asked("", "q3", user_id=16000001)]},
        {"id": 1, "uuid": "v", "questions": asked("bo@example.org", "q1")},
    ]
    box.deliver(NAME, json.dumps(pages), QA)
    assert box.receive().rows_read == {QA: 4}
    assert box.rows("uuid, email, user_id, question_id, _row", QA) == [
        ("u", "ada@example.org", None, "q1", 1),
        ("u", "ada@example.org", None, "q2", 2),
        ("u", None, "16000001", "q3", 3),
        ("v", "bo@example.org", None, "q1", 4),
    ]


def test_a_page_without_any_question_is_an_answer_without_rows(box: Box) -> None:
    box.deliver(NAME, json.dumps({"id": 1, "uuid": "u", "questions": []}), QA)
    box.deliver("20260305T000000Z.json", json.dumps({"id": 1, "uuid": "u", "questions": [asked("a@example.org")]}), QA)
    box.receive()
    assert box.ledger("status, rows_read") == [("applied", 0), ("applied", 0)]


@pytest.mark.parametrize(
    ("questions", "reason"),
    [
        (None, "page 1 has no questions"),
        ([{"email": SECRET}], "page 1 has no questions.question_details"),
        ([SECRET], "page 1, record 1 of questions is not an object"),
        (
            [asked("a@example.org", "q") | {"question_details": [SECRET]}],
            "record 1 of questions.question_details is not an",
        ),
    ],
)
def test_a_page_that_lacks_a_level_is_refused(box: Box, questions: Any, reason: str) -> None:
    box.deliver(NAME, json.dumps({"id": 1, "uuid": "u", "questions": questions}), QA)
    receipt = box.receive()
    assert reason in box.reason() and SECRET not in str(receipt)
