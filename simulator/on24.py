"""ON24 webcasts: events, registrants and attendees as answer pages, restated while people go on watching on demand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from simulator.accounts import Accounts
from simulator.free_text import Notes, write_notes
from simulator.identities import Form
from simulator.landing import Landing
from simulator.people import WEBINAR, People
from simulator.plan import DAY, HOUR, Floats, Plan
from simulator.truth import Truth, instants

Page = dict[str, Any]
Pages = dict[str, list[dict[int, Page]]]  # object -> slot -> event -> page
EVENTS, USERS = 8_000_001, 70_000_001  # first numbers
EVERY = 28 * DAY
LENGTH = 60 * 60
NOTES = 2_000  # questions in words of their own; after so many they come again
PACIFIC = ZoneInfo("America/Los_Angeles")
FORM = {"given": "firstname", "family": "lastname", "town": "city", "state": "state", "postal_code": "zip"}
LISTS = {"registrant": "registrants", "attendee": "attendees"}

# What surrounds the webcasts: (what the event says of itself, whether it is ever delivered). None of it is an attendance.
OTHERS: list[tuple[Page, bool]] = [
    ({"contenttype": "webcast", "istestevent": True}, True),
    ({"contenttype": "webcast", "testevent": "Y"}, True),  # WEB-33
    ({"contenttype": "webcast"}, True),  # does not say whether it is a test
    ({"contenttype": "gateway", "istestevent": False}, True),  # WEB-36
    ({"contenttype": "webcast", "istestevent": False}, False),  # its attendees wait for it
]


@dataclass
class Viewing:
    """What one person did at one webcast, in the order in which the vendor learns it."""

    user: int
    person: int
    kind: str
    start: int
    minutes: int


def write_on24(landing: Landing, people: People, accounts: Accounts, truth: Truth) -> None:
    """A webcast every four weeks; a few of its viewers are forgotten later on."""
    plan = landing.plan
    writer = _Writer(plan, people, accounts)
    count = max(plan.days * DAY // EVERY, 1)
    starts = [plan.first + int((e + 0.4) * plan.days / count) * DAY + 18 * HOUR for e in range(count)]
    pages: Pages = {name: [{} for _ in range(len(plan.instants) + 1)] for name in ("event", *LISTS)}
    for e, start in enumerate(starts):
        says: Page = {"contenttype": "webcast", "istestevent": "false" if e % 5 == 2 else False}
        writer.webcast(pages, EVENTS + e, start, says)
    for e, (says, is_delivered) in enumerate(OTHERS):
        writer.other(pages, EVENTS + count + e, starts[0], says, is_delivered=is_delivered)
    for name, slots in pages.items():
        for number, at in enumerate(plan.instants):
            answer = list(slots[number].values())
            if answer:
                rows = sum(len(page[LISTS[name]]) if name in LISTS else 1 for page in answer)
                landing.json(("on24", name), int(at), answer, rows)
    writer.tell(truth)


def pacific(at: int) -> str:
    """An instant with the offset of its day (WEB-24)."""
    return datetime.fromtimestamp(at, UTC).astimezone(PACIFIC).isoformat()


class _Writer:
    """Makes one event after the other and remembers whose its records are."""

    def __init__(self, plan: Plan, people: People, accounts: Accounts) -> None:
        self.plan, self.people, self.rng = plan, people, plan.rng("on24")
        self.form = Form(people.papers, self.rng, plan.rates)
        self.address = people.addresses.to_pylist()
        self.account = accounts.ids(accounts.primary).to_pylist()
        self.notes = write_notes(plan, "on24 questions", NOTES, plan.rates.other_notes)
        self.noted: list[tuple[int, str]] = []
        self.users: list[int] = []  # person of each user id
        self.delivered: set[int] = set()
        self.forgotten: set[int] = set()
        self.viewings: list[Viewing] = []

    def webcast(self, pages: Pages, event: int, start: int, says: Page) -> None:
        """One webcast with all that becomes of it."""
        slot = self._slot(start + LENGTH + 2 * HOUR)
        _add(pages, "event", slot, event, self._detail(event, start, says))
        appeal = np.exp(self.people.affinity[:, WEBINAR] + 0.3 * self.people.theta)
        share = self.plan.rates.registrations_per_year / 3 * EVERY / (365.25 * DAY)
        audience = np.flatnonzero(self.rng.random(self.people.count) < share * appeal)
        lines, chances = self.form.fill_in(audience, start)
        forms = pa.table({title: getattr(lines, name) for name, title in FORM.items()}).to_pylist()
        addresses = self.people.signs_up_with(audience, chances).tolist()
        for place, person in enumerate(audience.tolist()):
            user = USERS + len(self.users)
            self.users.append(person)
            u = self.rng.random(12)
            address = self.address[addresses[place]]
            form = {title: cell for title, cell in forms[place].items() if cell is not None}
            # who has not confirmed the registration is no registrant yet (WEB-35)
            if u[1] < 0.97:
                _add(pages, "registrant", slot, event, self._registrant(user, person, address, start, u=u) | form)
            states = self._states(user, person, address, start, u=u)
            if any("questions" in state for _, state in states):
                self.noted.append((user % NOTES, f"{event}|{user}"))
            for at, state in states:
                _add(pages, "attendee", self._slot(at), event, state)
            seen = [self._slot(moment) for moment, _ in states] + [slot] * int(u[1] < 0.97)
            if min(seen, default=len(self.plan.instants)) < len(self.plan.instants):
                self.delivered.add(user)
            last = self._slot(states[-1][0]) if states else slot
            if user % 40 == 3 and last + 1 < len(self.plan.instants):
                self.forgotten.add(user)
                blank = {"eventuserid": user, "email": f"{user}-deleted"}  # WEB-20
                _add(pages, "registrant", last + 1, event, blank | {"firstname": "deleted", "lastname": "deleted"})
                if states:
                    _add(pages, "attendee", last + 1, event, blank)

    def other(self, pages: Pages, event: int, start: int, says: Page, *, is_delivered: bool) -> None:
        """An event that makes no attendance, with two visitors."""
        slot = self._slot(start + LENGTH + 2 * HOUR)
        if is_delivered:
            _add(pages, "event", slot, event, self._detail(event, start, says))
        for visitor in range(2):
            user, address = USERS + 10_000_000 + event * 2 + visitor, f"visitor{visitor}@example.org"
            _add(pages, "attendee", slot, event, self._attendee(user, address) | _live(start, 30))

    def tell(self, truth: Truth) -> None:
        """Whose ids and viewings these are. Of the forgotten nobody may know."""
        forgotten = {str(user) for user in self.forgotten}
        noted = [(row, key) for row, key in self.noted if key.split("|")[1] not in forgotten]
        self.notes.tell(truth, ("on24", "attendee", "questions"), noted)
        users = np.arange(len(self.users)) + USERS
        known = np.isin(users, sorted(self.delivered - self.forgotten))
        ids = pa.array([str(user) for user in users[known].tolist()], pa.string())
        truth.ids(np.array(self.users, np.int64)[known], "on24", "on24_user", ids)
        truth.add("on24_viewings", pa.table({
            "user_id": pa.array([str(v.user) for v in self.viewings], pa.string()),
            "person_id": pa.array([v.person for v in self.viewings], pa.int64()),
            "channel": pa.array([f"webinar_{v.kind}" for v in self.viewings], pa.string()),
            "started_at": instants(np.array([v.start for v in self.viewings], np.int64)),
            "seconds": pa.array([v.minutes * 60 for v in self.viewings], pa.int64()),
            "is_forgotten": pa.array([v.user in self.forgotten for v in self.viewings], pa.bool_()),
        }))  # fmt: skip

    def _slot(self, at: int) -> int:
        return int(np.searchsorted(self.plan.instants, at, side="right"))

    def _detail(self, event: int, start: int, says: Page) -> Page:
        return {
            "eventId" if event % 2 else "eventid": event, "livestart": pacific(start), "liveend": pacific(start + LENGTH),
            "archivestart": pacific(start + DAY), "archiveend": pacific(start + 365 * DAY), "eventduration": LENGTH // 60,
            "scheduledeventduration": LENGTH // 60, "displaytimezonecd": "America/New_York",
            "eventanalytics": {"noshowcount": -8, "clicktoopenrate": 2.0}, "customeventfields": [],
        } | says  # fmt: skip

    def _registrant(self, user: int, person: int, address: str, start: int, *, u: Floats) -> Page:
        people = self.people
        record = self._attendee(user, address, person if u[2] < 0.4 else None) | {
            "company": "Example Clinic", "jobtitle": "MD", "marketingemail": "Y" if u[3] < 0.4 else "N",
            "eventemail": "Y", "createtimestamp": pacific(start - int(DAY * (1 + 20 * u[4]))),
            "ipaddress": "192.0.2.7", "browser": "Firefox", "os": "Linux",
        }  # fmt: skip
        if people.npi[person] > 0 and u[5] < 0.5:
            npi, is_wrong = int(people.npi[person]), u[0] < self.plan.rates.typed_npi_typo
            record["std1"] = str(npi // 10 * 10 + (npi + 1) % 10 if is_wrong else npi)
        return record

    def _attendee(self, user: int, address: str, person: int | None = None) -> Page:
        secret = f"https://example.org/profile?token={user}"
        record: Page = {"eventuserid": user, "email": address, "userstatus": "active", "userprofileurl": secret}
        if person is not None and self.account[person] is not None:
            record["exteventusercd"] = self.account[person]
        return record

    def _states(self, user: int, person: int, address: str, start: int, *, u: Floats) -> list[tuple[int, Page]]:
        """The attendee's record after the live day, and after each visit to the recording (WEB-25)."""
        theta, affinity = float(self.people.theta[person]), float(self.people.affinity[person, WEBINAR])
        rates = self.plan.rates
        states: list[tuple[int, Page]] = []
        record = self._attendee(user, address, person if u[2] < 0.4 else None)
        if u[6] < 1 / (1 + np.exp(-rates.attend_base - rates.attend_theta * theta - affinity)):
            minutes = max(int(60 * min(1.0, 0.15 + 0.9 * u[7])), 1)
            self.viewings.append(Viewing(user, person, "live", start + 120, minutes))
            record = record | _live(start, minutes) | _answers(user, start, self.notes, u=u)
            if user % 7 == 0:
                record = record | {"liveminutes": str(minutes), "certificationcredit": "NR"}  # WEB-23
            states.append((start + LENGTH + 2 * HOUR, record))
        begin = start + int(DAY * (1 + 60 * u[8]))
        if u[9] < 0.25 and begin + 30 * DAY < self.plan.stop:
            first, second = 5 + int(20 * u[10]), int(25 * u[11])
            for minutes, last in ((first, begin), (first + second, begin + 20 * DAY)):
                record = record | {
                    "archiveminutes": minutes, "cumulativearchiveminutes": minutes + 3, "firstarchiveactivity": pacific(begin),
                    "lastarchiveactivity": pacific(last + minutes * 60),
                }  # fmt: skip
                states.append((last + HOUR, record))
            self.viewings.append(Viewing(user, person, "on_demand", begin, first + second))
        return states


def _live(start: int, minutes: int) -> Page:
    return {
        "liveminutes": minutes, "cumulativeliveminutes": minutes + minutes // 5, "livemediaplayerminutes": minutes - 1,
        "liveviewed": 1, "firstliveactivity": pacific(start + 120), "lastliveactivity": pacific(start + 120 + 60 * minutes),
        "engagementscore": minutes % 100 / 10, "attendeesessions": 2,
    }  # fmt: skip


def _answers(user: int, start: int, notes: Notes, *, u: Floats) -> Page:
    at = pacific(start + 150)
    answers: Page = {"answeredpolls": int(u[3] < 0.3), "askedquestions": int(u[4] < 0.1)}
    if answers["answeredpolls"]:
        answers["polls"] = [
            {"pollid": 81_001, "pollquestionid": 81_002, "pollsubmittedtimestamp": at, "pollanswers": ["10, or more"]}
        ]
    if answers["askedquestions"]:
        content = notes.text(user % NOTES) or "Which dose, and for whom?"
        answers["questions"] = [{"questionid": user, "createtimestamp": at, "content": content}]
    return answers


def _add(pages: Pages, name: str, slot: int, event: int, record: Page) -> None:
    """Puts a record on the page of its event; of one person a page holds the newest."""
    if name not in LISTS:
        pages[name][slot][event] = record
        return
    page = pages[name][slot].setdefault(event, {"eventid": event, LISTS[name]: []})
    page[LISTS[name]] = [r for r in page[LISTS[name]] if r["eventuserid"] != record["eventuserid"]] + [record]
