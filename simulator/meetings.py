"""Meetings of real life that several feeds tell of: each is one interaction, and one touch per person (rulings 22 and 29).

All of them happened before the first extract, and lie in a delivery of their own beside it.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import places, text
from simulator import vocabulary as words
from simulator.calls import Calls
from simulator.events import event_days
from simulator.payments import FIRST_PROFILE
from simulator.people import F2F, PEOPLE_PER_SITE, REMOTE
from simulator.plan import DAY, HOUR, Bools, Ints
from simulator.registers import DEACTIVATED
from simulator.truth import instants
from simulator.webinars import answer_pages, iso
from simulator.world import World

FIRST = 700_000_000  # of the ids, far from those of the other writers
NUMBERS = 99_000_000_000  # of the meetings at the platform
HOURS = (13, 14, 15)  # UTC: before webinars and events begin, so that nobody is in two places at once
PUBLISHED_AFTER = 21  # days until a payment is published
Cells = dict[str, Any]


@dataclass
class _Book:
    """Rows by object, and the truth about them."""

    world: World
    rng: np.random.Generator
    rows: dict[tuple[str, str], list[Cells]] = field(default_factory=dict)
    pages: dict[str, list[Cells]] = field(default_factory=dict)
    told: dict[str, list[Any]] = field(
        default_factory=lambda: {
            n: [] for n in ("meeting_id", "kind", "system", "object", "record_id", "person_id", "started_at")
        }
    )

    def __post_init__(self) -> None:
        self.taken: dict[str, int] = {}

    def id(self, prefix: str) -> str:
        """The next id of an object."""
        self.taken[prefix] = self.taken.get(prefix, FIRST) + 1
        return str(text.salesforce_ids(prefix, np.array([self.taken[prefix]]))[0])

    def add(self, name: str, prefix: str, at: int, cells: Cells) -> str:
        """A row of the CRM, with the columns that every object has; returns its id."""
        record = self.id(prefix)
        stamp = salesforce(at + 6 * HOUR)
        cells = {"Id": record, **cells, "CreatedDate": stamp, "SystemModstamp": stamp, "IsDeleted": "false"}
        self.rows.setdefault(("veeva_crm", name), []).append(cells)
        return record

    def tell(self, meeting: tuple[str, str, int], system: str, name: str, record: str, person: int) -> None:
        """This record is of that meeting."""
        meeting_id, kind, at = meeting
        for column, value in zip(self.told, (meeting_id, kind, system, name, record, person, at), strict=True):
            self.told[column].append(value)

    def account(self, person: int) -> str:
        """The one CRM account of a person."""
        return str(self.world.accounts.ids(self.world.accounts.primary[[person]])[0])

    def user(self, number: int) -> str:
        """Id of a user."""
        return str(self.world.staff.ids(np.array([number]))[0])


def write_meetings(world: World, calls: Calls) -> None:
    """Video meetings seen by call report, CRM and platform; events with calls; calls with a meal."""
    plan, people = world.plan, world.people
    book = _Book(world, plan.rng("meetings"))
    days = np.arange((int(plan.instants[0]) - plan.first) // DAY - 1)
    days = days[~np.isin(days, event_days(plan)) & ((days + plan.first // DAY + 3) % 7 < 5)]
    known = _known(world)
    slots = (days[:, None] * DAY + np.array(HOURS) * HOUR).ravel() + plan.first
    count = min(round(people.count * plan.years / 16), len(slots)) if known.any() else 0
    for number, at in enumerate(np.sort(book.rng.choice(slots, count, replace=False)).tolist()):
        guests = _who_come(book, np.flatnonzero(known), 1 + number % 3, family=REMOTE)
        _video(book, number, at, guests)
    evenings = days * DAY + 18 * HOUR + plan.first
    count = min(round(people.count * plan.years / 40), len(evenings)) if known.any() else 0
    for number, at in enumerate(np.sort(book.rng.choice(evenings, count, replace=False)).tolist()):
        _event(book, number, at, _who_come(book, np.flatnonzero(known), 3 + number % 5, family=F2F))
    _meals(book, known, days[days + PUBLISHED_AFTER < int(plan.instants[0] - plan.first) // DAY], calls)
    _deliver(book)


def _known(world: World) -> Bools:
    """Whom every feed knows by the same ids all the time: one account, an address and an NPI of their own, no objection."""
    people, accounts = world.people, world.accounts
    known = accounts.is_plain() & ~people.objects & (people.crm_address < people.count)
    known[people.papers.planted("twin", "namesake", "married_name", "moved", "deleted_placeholder")] = False
    for which in accounts.changes.which:
        known[accounts.person[which]] = False
    typed, times = np.unique(people.npi_in_crm, return_counts=True)
    is_shared = np.isin(people.npi_in_crm, typed[times > 1]) | np.isin(
        people.npi, people.npi_in_crm[people.npi_in_crm != people.npi]
    )
    of, rest = DEACTIVATED
    return np.asarray(
        known
        & ((people.npi < 0) | (~is_shared & (people.npi_in_crm == people.npi)))
        & (np.arange(people.count) % of != rest)
    )


def _who_come(book: _Book, known: Ints, invited: int, *, family: int) -> list[int]:
    """The first always, the others if they are inclined to."""
    rng, people = book.rng, book.world.people
    who = rng.choice(known, min(invited, len(known)), replace=False)
    appeal = people.theta[who] + people.affinity[who, family]
    comes = rng.random(len(who)) < 1 / (1 + np.exp(-appeal))
    comes[0] = True
    return [int(person) for person in who[comes]]


def _call(book: _Book, owner: int, at: int, cells: Cells) -> str:
    minutes = {"Duration_vod__c": "30", "Call_Datetime_vod__c": salesforce(at)}
    number = book.taken.get("a04", FIRST) + 1
    return book.add("Call2_vod__c", "a04", at, {
        "Name": f"C-{number}", "RecordTypeId": "CallReport_vod", "OwnerId": book.user(owner),
        "Status_vod__c": "Submitted_vod", "Call_Date_vod__c": day(at), "Mobile_ID_vod__c": f"EXAMPLE-{number}",
        "Attendee_Type_vod__c": "Person_Account_vod", "Account_vod__c": None, "User_vod__c": None, "Parent_Call_vod__c": None,
        "Remote_Meeting_vod__c": None, "EM_Event_vod__c": None, **minutes, **cells,
    })  # fmt: skip


def _video(book: _Book, number: int, at: int, guests: list[int]) -> None:
    """A call report, a remote meeting with its attendees, and Zoom's own records of the same number (CRM-40, WEB-50)."""
    people = book.world.people
    owner = int(people.rep[guests[0]])
    meeting = (f"video-{number}", "video", at)
    platform_number = NUMBERS + number // 2  # some numbers serve two occurrences (WEB-05)
    remote = book.add("Remote_Meeting_vod__c", "a0R", at, {
        "RecordTypeId": "Zoom_Call_Meeting_vod", "OwnerId": book.user(owner),
        "Meeting_Outcome_Status_vod__c": "Meeting_Ended_vod", "Engagement_Minutes_vod__c": "28",
        "Latest_Meeting_Start_Datetime_vod__c": salesforce(at), "Scheduled_DateTime_vod__c": salesforce(at),
        "Meeting_Id_vod__c": f"{str(platform_number)[:3]} {str(platform_number)[3:7]} {str(platform_number)[7:]}",
    })  # fmt: skip
    report: Cells = {"Call_Channel_vod__c": "Video_vod", "Remote_Meeting_vod__c": remote}
    if len(guests) > 1:  # the reference stands on the header only; a colleague sits in
        site = book.world.accounts.site_ids(np.array([guests[0] // PEOPLE_PER_SITE]))
        of_site = {"Attendee_Type_vod__c": "Business_Account_vod", "Account_vod__c": site[0]}
        header = _call(book, owner, at, report | of_site)
        report = {"Call_Channel_vod__c": "Video_vod", "Parent_Call_vod__c": header, "Call_Datetime_vod__c": None}
        of_user = {"Attendee_Type_vod__c": "User_vod", "User_vod__c": book.user(owner ^ 1)}
        _call(book, owner, at, report | of_user)
    for person in guests:
        call = _call(book, owner, at, report | {"Account_vod__c": book.account(person)})
        book.tell(meeting, "veeva_crm", "Call2_vod__c", call, person)
        cells = {"Remote_Meeting_vod__c": remote, "Account_vod__c": book.account(person)}
        attendee = book.add("Remote_Meeting_Attendee_vod__c", "a0T", at, cells)
        book.tell(meeting, "veeva_crm", "Remote_Meeting_Attendee_vod__c", attendee, person)
    # one in five broke off and went on under another uuid
    parts = [(at, at + 30 * 60)] if number % 5 else [(at, at + 12 * 60), (at + 15 * 60, at + 35 * 60)]
    for part, (begin, end) in enumerate(parts):
        _session(book, meeting, (f"EXm{number:06d}p{part}==", platform_number, owner), (begin, end), guests)


def _session(
    book: _Book, meeting: tuple[str, str, int], session: tuple[str, int, int],
    span: tuple[int, int], guests: list[int],
) -> None:  # fmt: skip
    (uuid, number, owner), (begin, end) = session, span
    people = book.world.people
    host = f"user{owner}@example.org"
    joins = []
    for place, person in enumerate([-1, *guests]):
        join, leave = begin + int(book.rng.integers(-60, 180)), end - int(book.rng.integers(0, 120))
        user = str(4 * 10**10 + int(uuid[3:9]) * 100 + place)
        joins.append({
            "id": "", "user_id": user, "name": "Example Host" if person < 0 else "Guest",
            "user_email": host if person < 0 else str(people.addresses[people.crm_address[person]]),
            "join_time": iso(join), "leave_time": iso(leave), "duration": leave - join, "failover": False,
            "status": "in_meeting", "internal_user": person < 0,
        })  # fmt: skip
        if person >= 0:
            book.tell(meeting, "zoom", "participants", f"{uuid}|{user}|{iso(join)}", person)
    book.pages.setdefault("webinar", []).append({
        "id": number, "uuid": uuid, "topic": "Meeting", "type": 2, "start_time": iso(begin), "end_time": iso(end),
        "duration": (end - begin) // 60, "total_minutes": len(joins) * (end - begin) // 60,
        "participants_count": len(joins), "user_name": "Example Host", "user_email": host,
    })  # fmt: skip
    book.pages.setdefault("participants", []).extend(answer_pages(uuid, number, "participants", joins))


def _event(book: _Book, number: int, at: int, guests: list[int]) -> None:
    """Everybody stands on the event's list; the rep reports a call with every other guest there (CRM-25)."""
    owner = int(book.world.people.rep[guests[0]])
    meeting = (f"event-{number}", "event", at)
    event = book.add("EM_Event_vod__c", "a0E", at, {
        "Name": f"Evening meeting {number}", "OwnerId": book.user(owner), "Status_vod__c": "Closed_vod",
        "Start_Time_vod__c": salesforce(at), "End_Time_vod__c": salesforce(at + 2 * HOUR), "Start_Date_vod__c": day(at),
    })  # fmt: skip
    for place, person in enumerate(guests):
        attendee = book.add("EM_Attendee_vod__c", "a0A", at, {
            "Event_vod__c": event, "Account_vod__c": book.account(person), "User_vod__c": None,
            "Status_vod__c": "Attended_vod" if place % 2 else "Signed_vod", "Attendance_Type_vod__c": "In_Person_vod",
        })  # fmt: skip
        book.tell(meeting, "veeva_crm", "EM_Attendee_vod__c", attendee, person)
        if place % 2 == 0:
            call = _call(book, owner, at + HOUR, {
                "Call_Channel_vod__c": "Face_to_face_vod", "EM_Event_vod__c": event, "Account_vod__c": book.account(person),
            })  # fmt: skip
            book.tell(meeting, "veeva_crm", "Call2_vod__c", call, person)


def _meals(book: _Book, known: Bools, days: Ints, calls: Calls) -> None:
    """A call in person with lunch, which Open Payments reports too: of people without other payments or calls that day."""
    people, plan = book.world.people, book.world.plan
    eligible = np.flatnonzero(known & people.in_us & (people.npi > 0) & (np.arange(people.count) % 10 >= 7))
    if not len(eligible) or not len(days):
        return
    who = book.rng.choice(eligible, round(people.count * plan.years / 16))
    at = book.rng.choice(days, len(who)) * DAY + 17 * HOUR + plan.first
    busy = {(int(p), int(d)) for p, d in zip(calls.who, (calls.at + calls.offset * HOUR) // DAY, strict=True)}
    for number, (person, began) in enumerate(zip(who.tolist(), at.tolist(), strict=True)):
        if (person, began // DAY) in busy:
            continue
        busy.add((person, began // DAY))
        meeting = (f"meal-{number}", "meal", began)
        call = _call(book, int(people.rep[person]), began, {
            "Call_Channel_vod__c": "Face_to_face_vod", "Account_vod__c": book.account(person),
        })  # fmt: skip
        book.tell(meeting, "veeva_crm", "Call2_vod__c", call, person)
        for line in range(1 + number % 4 // 3):  # some in two lines
            book.tell(meeting, "cms_open_payments", "general", _payment(book, person, began, 2 * number + line), person)


def _payment(book: _Book, person: int, at: int, number: int) -> str:
    people, one = book.world.people, np.array([person])
    company_id, company = words.COMPANIES[0]
    record = str(FIRST + 90_000_000 + number)
    book.rows.setdefault(("cms_open_payments", "general"), []).append({
        "Change_Type": "NEW", "Covered_Recipient_Type": "Covered Recipient Physician",
        "Covered_Recipient_Profile_ID": person + FIRST_PROFILE, "Covered_Recipient_NPI": int(people.npi[person]),
        "Covered_Recipient_First_Name": people.given_names(one)[0],
        "Covered_Recipient_Last_Name": people.family_names(one)[0],
        "Recipient_City": places.CITIES[people.papers.city[person]], "Recipient_State": words.STATES[people.state[person]],
        "Recipient_Country": "United States",
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID": company_id,
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name": company,
        "Total_Amount_of_Payment_USDollars": "18.50", "Date_of_Payment": f"{day(at)[5:7]}/{day(at)[8:]}/{day(at)[:4]}",
        "Number_of_Payments_Included_in_Total_Amount": "1",
        "Form_of_Payment_or_Transfer_of_Value": "In-kind items and services",
        "Nature_of_Payment_or_Transfer_of_Value": "Food and Beverage", "Record_ID": record,
        "Program_Year": day(at)[:4],
    })  # fmt: skip
    return record


def _deliver(book: _Book) -> None:
    world, at = book.world, int(book.world.plan.instants[0])
    for target, rows in book.rows.items():
        header = list(rows[0])
        world.landing.small_csv(target, at, header, ([row[name] for name in header] for row in rows), "_meetings.csv")
    for name, pages in book.pages.items():
        records = sum(len(page.get(name, [page])) for page in pages)
        world.landing.json(("zoom", name), at, pages, records, "_meetings.json")
    told = pa.table({
        **{name: pa.array(book.told[name], pa.string()) for name in ("meeting_id", "kind", "system", "object", "record_id")},
        "person_id": pa.array(book.told["person_id"], pa.int64()),
        "started_at": instants(np.array(book.told["started_at"], np.int64)),
    })  # fmt: skip
    world.truth.add("meetings", told)

    def people_of(name: str) -> Ints:
        return np.unique(told.filter(pc.equal(told["object"], name))["person_id"].to_numpy())

    guests, paid = people_of("participants"), people_of("general")
    addresses = text.pick(world.people.addresses, world.people.crm_address[guests])
    world.truth.ids(guests, "zoom", "zoom_guest", addresses)
    world.truth.ids(paid, "cms_open_payments", "open_payments_profile", text.texts(paid + FIRST_PROFILE))


def salesforce(at: int) -> str:
    """An instant as Salesforce writes it."""
    return f"{np.datetime64(at, 's')}.000+0000"


def day(at: int) -> str:
    """The day of an instant."""
    return str(np.datetime64(at, "s"))[:10]
