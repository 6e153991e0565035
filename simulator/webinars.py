"""Zoom webinars: detail, registrants and participants as answer pages. Small enough for plain Python."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from simulator.content import WEBINAR_TITLES
from simulator.identities import Form
from simulator.landing import Landing
from simulator.people import WEBINAR, People
from simulator.plan import DAY, HOUR, Floats, Ints, Plan
from simulator.truth import Truth, instants
from simulator.webinar_answers import write_answers

Page = dict[str, Any]
LENGTH = 60 * 60
FORM = {
    "given": "first_name", "family": "last_name", "town": "city", "state": "state", "postal_code": "zip", "country": "country",
}  # fmt: skip
ATTENDEES, GUESTS, HOSTS = 10**10, 2 * 10**10, 3 * 10**10  # first numbers of joins


def write_webinars(landing: Landing, people: People, truth: Truth) -> None:
    """One webinar every fortnight; a person registers by interest and comes by engagement."""
    plan = landing.plan
    rng = plan.rng("webinars")
    count = max(plan.days // 14, 1)
    starts = np.array([plan.first + int((w + 0.5) * plan.days / count) * DAY + 17 * HOUR for w in range(count)])
    ends = starts + LENGTH
    slots = landing.slots(ends + 2 * HOUR)
    audiences = _audiences(plan, people, count, rng)
    feeds: dict[str, list[list[Page]]] = {
        name: [[] for _ in range(len(plan.instants) + 1)] for name in ("webinar", "registrants", "participants")
    }
    writer = _Writer(plan, people)
    sessions: list[tuple[int, Page, list[Page], list[Page]]] = []
    for w in range(count):
        start, slot = int(starts[w]), int(slots[w])
        uuid = f"{'/' if w % 11 == 3 else ''}EX{w:06d}AbC{w * 7919 % 997:03d}=="
        meeting = 98_700_000_000 + w // 4  # a series keeps its number over occurrences (WEB-05)
        registrants, participants = writer.session(w, start, audiences[w])
        webinar = _detail(w, uuid, meeting, start, len(participants))
        sessions.append((slot, webinar, registrants, participants))
        feeds["webinar"][slot].append(webinar)
        feeds["registrants"][slot] += answer_pages(uuid, meeting, "registrants", registrants)
        feeds["participants"][slot] += answer_pages(uuid, meeting, "participants", participants)
    for name, by_slot in feeds.items():
        for number, at in enumerate(plan.instants):
            pages = by_slot[number]
            if pages:
                rows = sum(len(page.get(name, [page])) for page in pages)
                landing.json(("zoom", name), int(at), pages, rows)
    reported = write_answers(landing, sessions, truth)
    truth.ids(
        np.array(writer.people_of, np.int64), "zoom", "zoom_registrant", pa.array(writer.registrant_ids, pa.string())
    )
    # The reports know people by their address alone; a mailbox of several is nobody's id.
    person_of = dict(zip(writer.registrant_ids, writer.people_of, strict=True))
    guests = {*writer.guests, *((record["email"].lower(), person_of[record["id"]]) for record in reported)}
    times = Counter(address for address, _ in guests)
    own = sorted((address, person) for address, person in guests if times[address] == 1)
    addresses, owners = [address for address, _ in own], [person for _, person in own]
    truth.ids(np.array(owners, np.int64), "zoom", "zoom_guest", pa.array(addresses, pa.string()))
    truth.add("attendances", _attendances(writer))


def _attendances(writer: "_Writer") -> pa.Table:
    present = np.array(writer.present, np.int64).reshape(-1, 3)
    return pa.table({"person_id": present[:, 0], "started_at": instants(present[:, 1]), "seconds": present[:, 2]})


def _audiences(plan: Plan, people: People, count: int, rng: np.random.Generator) -> list[Ints]:
    """Who registers: more by interest and affinity than by chance."""
    appeal = np.exp(people.affinity[:, WEBINAR] + 0.3 * people.theta)
    n = rng.poisson(plan.rates.registrations_per_year * plan.years * appeal / appeal.mean())
    who = np.repeat(np.arange(people.count), n)
    return [np.unique(who[rows]) for rows in _split(rng.integers(0, count, len(who)), count)]


def _split(groups: Ints, count: int) -> list[Ints]:
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.searchsorted(groups[order], np.arange(1, count)))


def _detail(w: int, uuid: str, meeting: int, start: int, joins: int) -> Page:
    return {
        "id": meeting, "uuid": uuid, "topic": WEBINAR_TITLES[w % len(WEBINAR_TITLES)], "type": 5,
        "start_time": iso(start), "end_time": iso(start + LENGTH), "duration": LENGTH // 60,
        "total_minutes": joins * 45, "participants_count": joins, "user_name": "Example Host",
        "user_email": "host@example.org", "dept": "", "custom_keys": [], "tracking_fields": [],
    }  # fmt: skip


def answer_pages(uuid: str, meeting: int, name: str, records: list[Page], size: int = 300) -> list[Page]:
    """The records of one occurrence as the interface answers them, page by page."""
    pages = max(-(-len(records) // size), 1)
    return [
        {
            "id": meeting, "uuid": uuid, "page_count": pages, "page_size": size, "total_records": len(records),
            "next_page_token": "" if p == pages - 1 else f"EXAMPLE{p + 1}", name: records[p * size : (p + 1) * size],
        }
        for p in range(pages)
    ]  # fmt: skip


def iso(at: int) -> str:
    """An instant as the interfaces of the web write it."""
    return f"{np.datetime64(int(at), 's')}Z"


class _Writer:
    """Makes the records of one session after the other, and remembers whose they are."""

    def __init__(self, plan: Plan, people: People) -> None:
        self.people, self.rates, self.rng = people, plan.rates, plan.rng("webinar sessions")
        self.form = Form(people.papers, self.rng, plan.rates)
        self.address = people.addresses.to_pylist()
        self.people_of: list[int] = []
        self.registrant_ids: list[str] = []
        self.guests: list[tuple[str, int]] = []
        self.present: list[tuple[int, int, int]] = []

    def session(self, w: int, start: int, audience: Ints) -> tuple[list[Page], list[Page]]:
        """Registrants and joins of one webinar."""
        registrants: list[Page] = []
        participants: list[Page] = [self._host(w, start)]
        lines, chances = self.form.fill_in(audience, start)
        forms = pa.table({name: getattr(lines, name) for name in FORM}).to_pylist()
        addresses = self.people.signs_up_with(audience, chances).tolist()
        for place, person in enumerate(audience.tolist()):
            u = self.rng.random(8)
            record = self._registrant(f"rEX{w:05d}{place:05d}", person, self.address[addresses[place]], start, u=u) | {
                FORM[name]: cell or "" for name, cell in forms[place].items()
            }
            registrants.append(record)
            self.people_of.append(person)
            self.registrant_ids.append(record["id"])
            logit = self.rates.attend_base + self.rates.attend_theta * self.people.theta[person]
            comes = 1 / (1 + np.exp(-logit - self.people.affinity[person, WEBINAR]))
            if record["status"] == "approved" and u[4] < comes:
                participants += self._joins(w * 1_000_000 + place * 4, person, record, start, u=u)
        for guest in range(max(len(audience) // 30, 1)):
            participants.append(self._guest(w, guest, start))
        return registrants, participants

    def _registrant(self, key: str, person: int, address: str, start: int, *, u: Floats) -> Page:
        people = self.people
        record: Page = {
            "id": key,
            "email": address.upper().replace("EXAMPLE.ORG", "example.org") if u[2] < 0.03 else address,
            "first_name": "", "last_name": "", "address": "", "city": "", "state": "", "zip": "", "country": "",
            "phone": "", "org": "Example Clinic", "job_title": "MD", "comments": "",
            "custom_questions": [],
            "status": "approved" if u[5] < 0.94 else ("pending" if u[5] < 0.97 else "denied"),
            "create_time": iso(start - int(DAY * (1 + 20 * u[6]))),
            "join_url": "https://example.org/secret",
        }  # fmt: skip
        if people.npi[person] > 0 and u[7] < 0.35:
            # who mistypes gets the last digit wrong, so the check fails
            npi = int(people.npi[person])
            typed = npi if u[0] >= self.rates.typed_npi_typo else npi // 10 * 10 + (npi + 1) % 10
            record["custom_questions"] = [{"title": "NPI number", "value": str(typed)}]
        return record

    def _joins(self, number: int, person: int, record: Page, start: int, *, u: Floats) -> list[Page]:
        early = int(-600 + 1500 * self.rng.random())
        share = min(1.0, 0.15 + 0.9 * self.rng.random() + 0.1 * max(float(self.people.theta[person]), 0.0))
        join, leave = start + early, start + early + int(share * (LENGTH + 300))
        spans = [(join, leave)]
        if u[6] < 0.2:  # a rejoin, or a second device that overlaps (WEB-01, WEB-02)
            cut = join + (leave - join) // 3
            spans = [(join, cut), (cut - 60 if u[7] < 0.5 else cut + 120, leave)]
        self.present.append((person, start, leave - join))
        name = f"{record['first_name']} {record['last_name']}" if u[2] < 0.8 else "iPhone"
        return [
            self._join(ATTENDEES + number + n, name, record["email"], span, registrant=record["id"])
            for n, span in enumerate(spans)
        ]

    def _guest(self, w: int, guest: int, start: int) -> Page:
        """Somebody without registration; now and then signed in with an address (WEB-03)."""
        number = GUESTS + w * 1_000_000 + guest
        join = start + int(1_800 * self.rng.random())
        address = ""
        if self.rng.random() < 0.3:
            person = int(self.rng.integers(0, self.people.count))
            address = self.address[self.people.crm_address[person]]
            self.guests.append((address, person))
        return self._join(number, "Guest", address, (join, join + int(3_000 * self.rng.random()) + 30))

    def _host(self, w: int, start: int) -> Page:
        span = (start - 1_200, start + LENGTH + 360)
        host = self._join(HOSTS + w, "Example Host", "host@example.org", span)
        return host | {"id": "uEX99", "internal_user": True}

    def _join(
        self, number: int, name: str, address: str, span: tuple[int, int], *, registrant: str | None = None
    ) -> Page:
        join, leave = span
        seconds: int | str = leave - join
        if number % 50 == 0:
            seconds = str(seconds)  # one connector delivers text (WEB-08)
        record: Page = {
            "id": "", "user_id": str(number), "name": name, "user_email": address, "join_time": iso(join),
            "leave_time": iso(leave), "duration": seconds, "failover": False, "status": "in_meeting",
            "internal_user": False,
        }  # fmt: skip
        if registrant is not None:
            record["registrant_id"] = registrant
        return record
