"""Many-table CSV: every line of every section arrives with the report's head; what is no report is refused with its line."""

import json

import pytest

from tests.deliveries.conftest import REGISTRY, Box

REPORT = ("zoom", "attendee_report")
NAME = "20260304T231200Z.csv"
SECRET = "Ada-Fictional-4711"
HEAD = """Attendee Report
Report Generated:,"03/04/2026 06:12:00 PM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registrants,Unique Viewers,Total Users,
Example Update,98765432109,03/03/2026 01:00:00 PM,60,4,3,4,
"""
HOSTS = """Host Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,Example Host,host@example.org,03/03/2026 12:40:00 PM,03/03/2026 02:06:00 PM,86,No,United States,
"""
AUDIENCE = """Attendee Details
Attended,User Name (Original Name),First Name,Email,Registration Time,Join Time,Leave Time,NPI number,What do you treat?,
Yes,Ada Fictional,Ada,ada@example.org,02/20/2026 10:00:00 AM,03/03/2026 01:02:00 PM,03/03/2026 01:20:00 PM,1234567893,"Hearts, lungs",
Yes,Ada F,--,ada@example.org,--,03/03/2026 01:19:00 PM,03/03/2026 02:05:00 PM,--,,
No,--,Bo,bo@example.org,02/21/2026 10:30:00 AM,--,--,--,--,
"""
MEETING = (
    "\ufeffMeeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,\r\n"
    "98765432100,Example meeting,09/24/2020 11:35:16 AM,09/24/2020 12:49:20 PM,chair@example.org,75,170,\r\n"
    "\r\nName (Original Name),User Email,Total Duration (Minutes),Guest\r\n"
    "Ada Fictional,ada@example.org,75,\r\niPhone,,72,\r\n"
)


@pytest.fixture
def desk(box: Box) -> Box:
    box.registry = REGISTRY
    return box


def test_every_line_of_every_section_is_a_row_under_the_reports_head(desk: Box) -> None:
    desk.deliver(NAME, HEAD + HOSTS + AUDIENCE, REPORT)
    receipt = desk.receive()
    assert receipt.rows_read == {REPORT: 4}
    assert desk.rows("_row, section, webinar_id, start_time, attended, user_name, join_time", REPORT) == [
        (1, "Host Details", "98765432109", "03/03/2026 01:00:00 PM", "Yes", "Example Host", "03/03/2026 12:40:00 PM"),
        (2, "Attendee Details", "98765432109", "03/03/2026 01:00:00 PM", "Yes", "Ada Fictional", "03/03/2026 01:02:00 PM"),
        (3, "Attendee Details", "98765432109", "03/03/2026 01:00:00 PM", "Yes", "Ada F", "03/03/2026 01:19:00 PM"),
        (4, "Attendee Details", "98765432109", "03/03/2026 01:00:00 PM", "No", None, None),
    ]  # fmt: skip


def test_columns_that_the_registry_lacks_are_kept_as_titles_and_values_and_reported(desk: Box) -> None:
    desk.deliver(NAME, HEAD + HOSTS + AUDIENCE, REPORT)
    receipt = desk.receive()
    answers = [json.loads(row[0]) if row[0] else None for row in desk.rows("form_answers", REPORT)]
    npi = {"title": "NPI number", "value": "1234567893"}
    assert answers == [None, [npi, {"title": "What do you treat?", "value": "Hearts, lungs"}], None, None]
    assert receipt.unknown_columns == {REPORT: ("NPI number", "column_9")}


def test_a_meetings_report_is_read_without_section_titles_and_without_join_times(desk: Box) -> None:
    desk.deliver(NAME, MEETING, REPORT)
    desk.receive()
    assert desk.rows("section, webinar_id, host_email, user_name, email, session_minutes, join_time", REPORT) == [
        ("Participants", "98765432100", "chair@example.org", "Ada Fictional", "ada@example.org", "75", None),
        ("Participants", "98765432100", "chair@example.org", "iPhone", None, "72", None),
    ]


def test_byte_order_mark_line_ends_blank_lines_and_padding_change_nothing(desk: Box) -> None:
    text = HEAD + HOSTS + AUDIENCE
    desk.deliver("20260304T000001Z.csv", text, REPORT)
    desk.deliver("20260304T000002Z.csv", "\ufeff" + text.replace("\n", "\r\n"), REPORT)
    padded = text.replace("Host Details\n", "\n,,,,,,,,,\nHost Details,,,,,,,,,\n").replace(
        "Attendee Report\n", "Attendee Report,,,\n"
    )
    desk.deliver("20260304T000003Z.csv", padded, REPORT)
    desk.receive()
    rows = [row[0] for row in desk.rows("_hash", REPORT)]
    assert len(set(rows)) == 4 and rows == rows[:4] * 3


def test_reordered_columns_and_other_case_change_nothing(desk: Box) -> None:
    desk.deliver(
        "20260304T000001Z.csv",
        HEAD + "Attendee Details\nAttended,Email,Join Time,User Name\nYes,a@example.org,x,A\n",
        REPORT,
    )
    head = "START TIME,webinar id\n03/03/2026 01:00:00 PM,98765432109\n"
    desk.deliver(
        "20260304T000002Z.csv",
        head + "Attendee Details\nUSER NAME,join time,email,Attended,\nA,x,a@example.org,Yes,\n",
        REPORT,
    )
    desk.receive()
    assert (
        len({row[0:6] for row in desk.rows("section, webinar_id, start_time, user_name, email, join_time", REPORT)})
        == 1
    )


def test_quotes_with_line_ends_and_odd_text_are_data(desk: Box) -> None:
    line = 'Yes,"Ada\n""F"", =cmd",😀,ada@example.org,,03/03/2026 01:02:00 PM,,,,\n'
    desk.deliver(NAME, HEAD + AUDIENCE + line + "x" * 10_000_000 + ",".join([""] * 10) + "\n", REPORT)
    assert desk.receive().rows_read == {REPORT: 5}
    assert desk.rows("user_name, first_name", REPORT)[3] == ('Ada\n"F", =cmd', "😀")


def test_a_line_of_another_width_is_quarantined_in_its_place(desk: Box) -> None:
    desk.deliver(
        NAME,
        HEAD + AUDIENCE.replace("Yes,Ada F,--,", "Yes,Ada F,") + "a,b,c,d,e,f,g,h,i,,\n" + "," * 9 + "too far\n",
        REPORT,
    )
    assert desk.receive().rows_read == {REPORT: 5}
    assert desk.rows("_row, _reason", REPORT) == [
        (1, None),
        (2, "field_count"),
        (3, None),
        (4, None),
        (5, "field_count"),
    ]


def test_a_section_that_nobody_knows_keeps_its_title_and_its_lines(desk: Box) -> None:
    desk.deliver(NAME, HEAD + AUDIENCE + "Dialled In\nEmail,Join Time\nc@example.org,03/03/2026 01:02:00 PM\n", REPORT)
    desk.receive()
    assert desk.rows("section, email", REPORT)[-1] == ("Dialled In", "c@example.org")


def test_another_encoding_and_delimiter_are_read_when_declared(desk: Box) -> None:
    desk.deliver(
        NAME, MEETING.replace("\ufeff", "").replace("iPhone", "Zoë").replace(",", ";").encode("windows-1252"), REPORT
    )
    desk.receive(zoom={"attendee_report": {"encoding": "windows-1252", "delimiter": ";"}})
    assert desk.rows("user_name", REPORT)[-1] == ("Zoë",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file is empty (0 bytes)"),
        ("\n\n", "the head of the report is missing"),
        (f"{SECRET}\n", "up to line 1 no line names Webinar ID or Meeting ID or webinar_id"),
        (f"Attendee Report\n{HOSTS}{AUDIENCE}", "up to line 2 no line names Webinar ID"),
        (HEAD.splitlines()[2], "line 1 is a head without its values on the next line"),
        (HEAD.replace(",60,4,3,4,", ""), "line 3 is a head without its values on the next line"),
        (HEAD, "the report ends at line 4 without a section Attendee Details or Participants"),
        (HEAD + HOSTS, "the report ends at line 7 without a section Attendee Details or Participants"),
        (HEAD + HOSTS + "Attendee Details\n", "the section that begins at line 8, the last, has no header"),
        (HEAD + AUDIENCE.replace("Join Time", "Joined"), "line 6: required column missing: join_time"),
        (HEAD + AUDIENCE.replace("User Name (Original Name)", "Who"), "line 6: required column missing: user_name"),
        (HEAD + AUDIENCE.replace("First Name", "Email"), "line 6: column 4 of the header repeats the name of column 3"),
        (HEAD + AUDIENCE[:-30], "line 9, the last, ends early"),
        (HEAD + AUDIENCE + f'Yes,"{SECRET},\n', "a quote opened in the record at line 10 is still open"),
        (b"\xff" + HEAD.encode(), "not utf-8 at byte 0"),
    ],
)
def test_what_is_no_report_is_refused_with_its_place_and_without_its_content(
    desk: Box, content: str | bytes, reason: str
) -> None:
    desk.deliver(NAME, content, REPORT)
    receipt = desk.receive()
    assert reason in desk.reason() and SECRET not in str(receipt)


def test_a_report_is_no_list_of_keys_to_delete_and_no_full_extract(desk: Box) -> None:
    desk.deliver("20260304T000000Z_deletes.csv", MEETING, REPORT)
    desk.receive()
    assert desk.reason() == "a report in sections is no list of keys to delete"
    desk.deliver("20260304T000000Z_full.csv", MEETING, REPORT)
    desk.receive()
    assert desk.ledger("delivery, status, is_full")[-1] == ("20260304T000000Z_full.csv", "applied", False)
