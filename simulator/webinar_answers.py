"""What Zoom says beside registrations and joins: polls, questions, and now and then the user interface's report of the same session."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulator.free_text import write_notes
from simulator.landing import Landing
from simulator.truth import Truth

Page = dict[str, Any]
ZONE = ZoneInfo("America/New_York")  # the account's, which the report does not name (WEB-07)
CHOICES = ["Dosing", "Safety, long term", "Dosing;Safety, long term", ""]  # WEB-10
TITLES = ["Attended", "User Name (Original Name)", "First Name", "Last Name", "Email", "Registration Time", "Approval Status",
          "Join Time", "Leave Time", "Time in Session (minutes)", "NPI number"]  # fmt: skip


def write_answers(
    landing: Landing, sessions: list[tuple[int, Page, list[Page], list[Page]]], truth: Truth
) -> list[Page]:
    """Returns the registrants whom the reports name. Sessions are (slot, webinar, registrants, participants)."""
    rng = landing.plan.rng("webinar answers")
    notes = write_notes(
        landing.plan, "zoom questions", sum(len(s[3]) for s in sessions), landing.plan.rates.other_notes
    )
    noted: list[tuple[int, str]] = []
    reported: list[Page] = []
    polls: dict[int, list[Page]] = {}
    questions: dict[int, list[Page]] = {}
    for number, (slot, webinar, registrants, participants) in enumerate(sessions):
        if slot >= len(landing.plan.instants):
            continue
        page = {name: webinar[name] for name in ("id", "uuid", "start_time")}
        answered: list[Page] = []
        asked: list[Page] = []
        for join in participants:
            if join["internal_user"] or rng.random() > 0.4:
                continue
            at = join["join_time"].replace("T", " ").removesuffix("Z")
            answer = CHOICES[int(rng.integers(0, len(CHOICES)))]
            details = {
                "question": "Which topics next?",
                "answer": answer,
                "polling_id": f"pEX{number}",
                "date_time": at,
            }
            person = {"email": join["user_email"], "name": join["name"]}
            answered.append(person | {"question_details": [details]})
            if rng.random() < 0.1:
                row, key = len(noted), f"qEX{number}-{len(asked)}"
                noted.append((row, f"{webinar['uuid']}|{join['user_email']}|{join['user_id']}|{key}"))
                question = {
                    "question": notes.text(row) or "What of the elderly?", "question_id": key, "question_status": "answered",
                    "create_time": join["join_time"], "answer_details": [],
                }  # fmt: skip
                asked.append(person | {"user_id": join["user_id"], "question_details": [question]})
        polls.setdefault(slot, []).append(page | {"questions": answered})
        questions.setdefault(slot, []).append(page | {"questions": asked})
        if number % 6 == 2:
            reported += registrants
            report = _report(webinar, registrants, participants)
            path = landing.path("zoom", "attendee_report", int(landing.plan.instants[slot]), f"_{number}.csv")
            path.write_bytes(report.encode("utf-8-sig"))
            landing.count("zoom", "attendee_report", report.count("\n") - 7)
    notes.tell(truth, ("zoom", "qa", "question"), noted)
    for name, by_slot in (("polls", polls), ("qa", questions)):
        for slot, pages in by_slot.items():
            landing.json(
                ("zoom", name), int(landing.plan.instants[slot]), pages, sum(len(p["questions"]) for p in pages)
            )
    return reported


def _report(webinar: Page, registrants: list[Page], participants: list[Page]) -> str:
    """The same joins as the API's, in the account's local time; who stayed away has a line of its own (WEB-12)."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator=",\r\n")
    table.writerow(["Attendee Report"])
    table.writerow(["Topic", "Webinar ID", "Actual Start Time", "Actual Duration (minutes)"])
    table.writerow([webinar["topic"], webinar["id"], _local(webinar["start_time"]), webinar["duration"]])
    table.writerow(["Host Details"])
    table.writerow(["Attended", "User Name (Original Name)", "Email"])
    table.writerow(["Yes", webinar["user_name"], webinar["user_email"]])
    table.writerow(["Attendee Details"])
    table.writerow(TITLES)
    by_id = {record["id"]: record for record in registrants}
    for join in participants:
        if not join["internal_user"]:
            record = by_id.pop(join.get("registrant_id", ""), None)
            times = [_local(join["join_time"]), _local(join["leave_time"]), int(join["duration"]) // 60]
            table.writerow(["Yes", join["name"], *_registration(record, join["user_email"]), *times, _npi(record)])
    for record in by_id.values():
        table.writerow(["No", "--", *_registration(record, ""), "--", "--", "--", _npi(record)])
    return out.getvalue()


def _registration(record: Page | None, address: str) -> list[str]:
    """Registration cells, which a person's first line alone fills."""
    if record is None:
        return ["--", "--", address, "--", "--"]
    at = _local(record["create_time"])
    return [record["first_name"], record["last_name"], record["email"], at, record["status"]]


def _npi(record: Page | None) -> str:
    return next((q["value"] for q in record["custom_questions"]), "--") if record else "--"


def _local(instant: str) -> str:
    at = datetime.fromisoformat(instant.removesuffix("Z")).replace(tzinfo=UTC).astimezone(ZONE)
    return at.strftime("%m/%d/%Y %I:%M:%S %p")
