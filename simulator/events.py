"""Events with their invitees, walk-ins and speakers: EM_Event_vod__c, EM_Attendee_vod__c, EM_Event_Speaker_vod__c."""

import numpy as np
import pyarrow as pa

from simulator import text
from simulator.people import F2F, WEBINAR
from simulator.plan import DAY, HOUR, NONE, Ints, Plan
from simulator.truth import instants
from simulator.vocabulary import FAMILY_NAMES, GIVEN_NAMES, TOPICS
from simulator.world import World

INVITED_PER_EVENT = 14
STATUSES = [
    "Invited_vod", "Accepted_vod", "Rejected_vod", "Attended_vod", "Signed_vod", "Cleared_Signature_vod", "Cancelled_vod",
]  # fmt: skip
INVITED, ACCEPTED, REJECTED, ATTENDED, SIGNED, CLEARED, CANCELLED = range(7)
TYPES = ["In_Person_vod", "Virtual_vod"]
WALK_INS = [
    "Needs_Reconciliation_vod", "Reconciled_To_Existing_Account_vod", "Reconciled_To_Existing_User_vod", "Dismissed_vod",
]  # fmt: skip
OPEN, FOUND, COLLEAGUE, DISMISSED = range(4)


def write_events(world: World) -> None:
    """An event every six days: who is invited is chance, who comes depends on the person."""
    plan, people = world.plan, world.people
    rng = plan.rng("events")
    days = event_days(plan)
    count = len(days)
    at = plan.inside(plan.first + days * DAY + rng.integers(15, 20, count) * HOUR)
    is_whole_day = rng.random(count) < 0.1  # a date and no time
    owner = rng.integers(0, world.staff.count, count)
    _write_events(world, at, is_whole_day, owner)

    invited = rng.integers(INVITED_PER_EVENT // 2, INVITED_PER_EVENT * 3 // 2, count)
    event = np.repeat(np.arange(count), invited)
    who = rng.integers(0, people.count, len(event))
    kept = people.has_account[who]
    kept[np.setdiff1d(np.arange(len(who)), np.unique(event * people.count + who, return_index=True)[1])] = False
    event, who = event[kept], who[kept]
    virtual = rng.random(len(event)) < 0.3
    appeal = people.theta[who] + people.affinity[who, np.where(virtual, WEBINAR, F2F)]
    comes = rng.random(len(event)) < 1 / (1 + np.exp(-appeal))
    status = np.where(
        comes,
        rng.choice([ATTENDED, SIGNED, CLEARED], len(event), p=[0.5, 0.45, 0.05]),
        rng.choice([INVITED, ACCEPTED, REJECTED, CANCELLED], len(event), p=[0.4, 0.3, 0.2, 0.1]),
    )
    # the first invitee of every third event is its speaker: on the list of attendees too, and no audience (CRM-49)
    first = np.unique(event, return_index=True)[1]
    speaker = first[event[first] % 3 == 0]
    virtual[speaker] = False
    _write_speakers(world, at, event[speaker], who[speaker], comes[speaker])
    walk_in = np.full(len(event), NONE)
    user = np.full(len(event), NONE)
    # one colleague and now and then a walk-in at each event
    guests = np.arange(count)
    some = guests[rng.random(count) < 0.4]
    event = np.concatenate([event, guests, some])
    who = np.concatenate([who, np.full(count, NONE), rng.integers(0, people.count, len(some))])
    kind = rng.choice(len(WALK_INS), len(some), p=[0.5, 0.3, 0.1, 0.1])
    kind = np.where((kind == FOUND) & ~people.has_account[who[len(who) - len(some) :]], OPEN, kind)
    walk_in = np.concatenate([walk_in, np.full(count, NONE), kind])
    user = np.concatenate([user, owner, np.full(len(some), NONE)])
    status = np.concatenate([status, np.full(count + len(some), ATTENDED)])
    virtual = np.concatenate([virtual, np.zeros(count + len(some), bool)])
    rows = {"event": event, "who": who, "walk_in": walk_in, "user": user, "status": status, "virtual": virtual}
    _write_attendees(world, at, rows)
    is_touch = (
        np.isin(status, [ATTENDED, SIGNED]) & (user < 0) & ((walk_in < 0) | (walk_in == FOUND) | (walk_in == OPEN))
    )
    is_touch[speaker] = False
    touches = np.flatnonzero(is_touch)
    known = np.where(walk_in[touches] == OPEN, NONE, who[touches])
    world.truth.add("event_attendances", pa.table({
        "record_id": text.salesforce_ids("a0A", touches + 1),
        "person_id": pa.array(known, mask=known < 0),
        "started_at": instants(at[event[touches]]),
        "is_virtual": virtual[touches],
    }))  # fmt: skip


def event_days(plan: Plan) -> Ints:
    """The days of events, counted from the first one."""
    count = max(plan.days // 6, 1)
    return np.arange(count) * plan.days // count


def _write_events(world: World, at: Ints, is_whole_day: np.ndarray, owner: Ints) -> None:
    created = np.maximum(at - 40 * DAY, world.plan.first - 30 * DAY)

    def render(rows: Ints) -> pa.Table:
        starts = np.where(is_whole_day[rows], NONE, at[rows])
        return pa.table({
            "Id": text.salesforce_ids("a0E", rows + 1),
            "Name": text.join(text.pick(TOPICS, rows % len(TOPICS)), " evening ", text.texts(rows)),
            "Status_vod__c": text.same("Closed_vod", len(rows)),
            "Start_Time_vod__c": text.instants(starts),
            "End_Time_vod__c": text.instants(np.where(starts < 0, NONE, starts + 2 * HOUR)),
            "Start_Date_vod__c": text.dates(at[rows]),
            "OwnerId": world.staff.ids(owner[rows]),
            "CreatedDate": text.instants(created[rows]),
            "SystemModstamp": text.instants(created[rows]),
            "IsDeleted": text.same("false", len(rows)),
        })  # fmt: skip

    world.landing.deliver(("veeva_crm", "EM_Event_vod__c"), created, render)


def _write_attendees(world: World, at: Ints, rows_of: dict[str, Ints]) -> None:
    """An invitation first, the outcome after the event; a meal is had by half of those present (CRM-51)."""
    accounts, plan = world.accounts, world.plan
    rng = plan.rng("event attendees")
    total = len(rows_of["event"])
    every = np.arange(total)
    begin = at[rows_of["event"]]
    is_late = (rows_of["walk_in"] >= 0) | (rows_of["user"] >= 0)  # nobody invited them
    account = accounts.at(np.maximum(rows_of["who"], 0), begin, np.zeros(total, bool))
    account = np.where(
        (rows_of["who"] < 0) | ((rows_of["walk_in"] >= 0) & (rows_of["walk_in"] != FOUND)), NONE, account
    )
    user = np.where(rows_of["walk_in"] == COLLEAGUE, 0, rows_of["user"])
    base = np.concatenate([every[~is_late], every])
    stamp = np.concatenate([begin[~is_late] - 20 * DAY, begin + 12 * HOUR])
    status = np.concatenate([np.full(int((~is_late).sum()), INVITED), rows_of["status"]])
    present = np.isin(status, [ATTENDED, SIGNED]) & ~rows_of["virtual"].astype(bool)[base]
    meal = (rng.random(total) < 0.5)[base] & present

    def render(rows: Ints) -> pa.Table:
        b = base[rows]
        walk_in = rows_of["walk_in"][b]
        name = np.where(walk_in >= 0, b, NONE)
        return pa.table({
            "Id": text.salesforce_ids("a0A", b + 1),
            "Event_vod__c": text.salesforce_ids("a0E", rows_of["event"][b] + 1),
            "Account_vod__c": accounts.ids(account[b]),
            "User_vod__c": world.staff.ids(user[b]),
            "Status_vod__c": text.pick(STATUSES, status[rows]),
            "Walk_In_Status_vod__c": text.pick(WALK_INS, walk_in),
            "Attendance_Type_vod__c": text.pick(TYPES, rows_of["virtual"][b].astype(np.int64)),
            "First_Name_vod__c": text.pick(GIVEN_NAMES, np.where(name < 0, NONE, name % len(GIVEN_NAMES))),
            "Last_Name_vod__c": text.pick(FAMILY_NAMES, np.where(name < 0, NONE, name * 7 % len(FAMILY_NAMES))),
            "Meal_Opt_In_vod__c": text.flags(present[rows]),
            "Meal_Consumed_vod__c": text.flags(meal[rows]),
            "CreatedDate": text.instants(np.where(is_late[b], begin[b], begin[b] - 20 * DAY)),
            "SystemModstamp": text.instants(stamp[rows]),
            "IsDeleted": text.same("false", len(rows)),
        })  # fmt: skip

    world.landing.deliver(("veeva_crm", "EM_Attendee_vod__c"), stamp, render, base)


def _write_speakers(world: World, at: Ints, event: Ints, who: Ints, comes: np.ndarray) -> None:
    account = world.accounts.at(who, at[event], np.zeros(len(who), bool))

    def render(rows: Ints) -> pa.Table:
        stamp = text.instants(at[event[rows]] + 12 * HOUR)
        return pa.table({
            "Id": text.salesforce_ids("a0P", rows + 1),
            "Event_vod__c": text.salesforce_ids("a0E", event[rows] + 1),
            "Account_vod__c": world.accounts.ids(account[rows]),
            "Status_vod__c": text.where(comes[rows], "Attended_vod", "Cancelled_vod"),
            "CreatedDate": stamp,
            "SystemModstamp": stamp,
            "IsDeleted": text.same("false", len(rows)),
        })  # fmt: skip

    world.landing.deliver(("veeva_crm", "EM_Event_Speaker_vod__c"), at[event] + 12 * HOUR, render)
