"""Calls with their details and key messages: Call2_vod__c, Call2_Detail_vod__c, Call2_Key_Message_vod__c."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import text
from simulator.accounts import Accounts
from simulator.content import (
    ASSETS,
    DETAIL_GROUP_IDS,
    KEY_MESSAGE_IDS,
    KEY_MESSAGE_NAMES,
    PRESENTATION_IDS,
    PRODUCT_IDS,
    TOPIC_COUNT,
    TYPES,
)
from simulator.free_text import write_notes
from simulator.landing import Landing
from simulator.people import EMAIL, F2F, PEOPLE_PER_SITE, REMOTE, People
from simulator.plan import DAY, HOUR, NONE, Bools, Ints, Plan
from simulator.pushes import counts
from simulator.vocabulary import TOPICS
from simulator.world import World

STATUSES = ["Planned_vod", "Saved_vod", "Submitted_vod", "Cancelled_by_customer_c"]
PLANNED, SAVED, SUBMITTED, UNKNOWN = range(4)
BROKEN = -2
CHANNELS = ["Face_to_face_vod", "Phone_vod", "Video_vod", "Message_vod", "Email_vod", "Other_vod"]
CHANNEL_SHARES = [0.6, 0.13, 0.17, 0.03, 0.03, 0.04]
CHANNEL_FAMILY = np.array([F2F, REMOTE, REMOTE, EMAIL, EMAIL, F2F])
ATTENDEE_TYPES = ["Person_Account_vod", "Business_Account_vod", "User_vod"]
PERSON, BUSINESS, USER = range(3)
REACTIONS = ["Positive", "Neutral", "Negative"]
COMMENTS = [
    "Asked about dosing.", 'Said: "not this year", see notes', "Line one\nline two", "=1+1 is not a formula", "très bien 🙂",
]  # fmt: skip


@dataclass
class Calls:
    """One entry per Call2 row: single calls, group headers, attendees, colleagues."""

    who: Ints  # NONE for headers and colleagues
    at: Ints
    offset: Ints
    status: Ints
    channel: Ints
    attendee: Ints
    parent: Ints
    site: Ints
    user: Ints
    owner: Ints
    topic: Ints
    minutes: Ints
    is_liaison: Bools

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.at)


def hold(plan: Plan, people: People) -> Calls:
    """Attempts by volume; whether a call is held depends on the person, and on nothing that the sender counts."""
    rates = plan.rates
    set_to = rates.set_calls_per_year
    n = counts(plan, people.theta, "call counts", rates.calls_per_year, rates.call_spread, set_to=set_to)
    n = np.where(people.has_account, n, 0)
    rng = plan.rng("calls")
    who = np.repeat(np.arange(people.count), n)
    total = len(who)
    channel = rng.choice(len(CHANNELS), total, p=CHANNEL_SHARES)
    logit = rates.hold_base + rates.hold_theta * people.theta[who] + people.affinity[who, CHANNEL_FAMILY[channel]]
    is_held = rng.random(total) < 1 / (1 + np.exp(-logit))
    at = plan.working_instants(rng, people.offset[who])
    is_liaison = rng.random(total) < 0.15
    # of the calls not held some stand as planned or saved for ever (CRM-14)
    kept = is_held | (rng.random(total) < 0.2)
    status = np.where(is_held, SUBMITTED, np.where(rng.random(total) < 0.6, PLANNED, SAVED))
    who, at, channel, status, is_liaison = who[kept], at[kept], channel[kept], status[kept], is_liaison[kept]
    # plans of the last weeks are for days that have not come
    at = np.where((status == PLANNED) & (at > plan.stop - 21 * DAY), at + 21 * DAY, at)
    order = np.argsort(at, kind="stable")
    who, at, channel, status, is_liaison = who[order], at[order], channel[order], status[order], is_liaison[order]
    total = len(who)
    blank = rng.random(total) < 0.03  # CRM-23
    relevant = rng.random(total) < 0.75
    topic = np.where(relevant, people.interests[who, rng.integers(0, 2, total)], rng.integers(0, TOPIC_COUNT, total))
    owner = np.where(is_liaison, people.msl[who], people.rep[who])
    minutes = rng.integers(5, 46, total)
    single = Calls(
        who, at, people.offset[who], status, np.where(blank, NONE, channel), np.full(total, PERSON),
        np.full(total, NONE), np.full(total, NONE), np.full(total, NONE), owner, topic, minutes, is_liaison,
    )  # fmt: skip
    return _with_groups(plan, people, single, rng)


def _with_groups(plan: Plan, people: People, calls: Calls, rng: np.random.Generator) -> Calls:
    """Some face-to-face calls are group calls: the row becomes an attendee under a header (CRM-11, CRM-12)."""
    is_group = (calls.status == SUBMITTED) & (calls.channel == 0) & (rng.random(calls.count) < 0.09)
    group = np.flatnonzero(is_group)
    header = calls.count + np.arange(len(group))
    site = calls.who[group] // PEOPLE_PER_SITE
    calls.parent[group], calls.site[group] = header, site
    guests = rng.integers(0, 4, len(group))
    of = np.repeat(np.arange(len(group)), guests)
    other = site[of] * PEOPLE_PER_SITE + rng.integers(0, PEOPLE_PER_SITE, len(of))
    other = np.minimum(other, people.count - 1)
    comes = people.has_account[other] & (other != calls.who[group][of])
    comes &= rng.random(len(of)) < 1 / (1 + np.exp(-people.theta[other]))
    pair = of * people.count + other
    _, first = np.unique(pair, return_index=True)
    comes &= np.isin(np.arange(len(of)), first)
    of, other = of[comes], other[comes]
    colleague = calls.owner[group] ^ 1
    source = np.concatenate([group, group[of], group])
    rows = {name: column[source] for name, column in vars(calls).items()}
    none = np.full(len(group), NONE)
    rows["who"] = np.concatenate([none, other, none])
    rows["attendee"] = np.repeat([BUSINESS, PERSON, USER], [len(group), len(of), len(group)])
    rows["parent"] = np.concatenate([none, header[of], header])
    rows["user"] = np.concatenate([none, np.full(len(of), NONE), colleague])
    return Calls(**{name: np.concatenate([column, rows[name]]) for name, column in vars(calls).items()})


def write_calls(world: World, calls: Calls) -> None:
    """All versions of all calls, their details and key messages."""
    landing, accounts, staff, plan = world.landing, world.accounts, world.staff, world.plan
    rng = plan.rng("call rows")
    total = calls.count
    every = np.arange(total)
    account = accounts.at(np.maximum(calls.who, 0), calls.at, rng.random(total) < 0.3)
    account = np.where(calls.who < 0, NONE, account)
    # synced at once, or days later from an offline tablet (GEN-15); all rows of a group together
    family = np.where(calls.parent >= 0, calls.parent, every)
    lag = np.where(rng.random(total) < 0.03, rng.integers(DAY, 12 * DAY, total), rng.integers(600, 6 * HOUR, total))
    is_submitted = calls.status == SUBMITTED
    ahead = rng.integers(1, 10, total) * DAY
    written = np.where(is_submitted, calls.at + lag[family], np.minimum(calls.at - ahead[family], plan.stop - DAY))
    # an unlock sets the family back to saved, and it is submitted again weeks later (CRM-15)
    unlocked = every[(rng.random(total) < 0.02)[family] & is_submitted]
    saved_at = written[unlocked] + rng.integers(3, 40, total)[family[unlocked]] * DAY
    again_at = saved_at + rng.integers(1, 25, total)[family[unlocked]] * DAY
    merged_at = np.where(account < 0, 2 * plan.stop, accounts.merged_at[account])
    moved = every[(merged_at < plan.stop) & (merged_at > written)]
    moved = moved[~np.isin(moved, unlocked) & ~accounts.is_loop[account[moved]]]
    base = np.concatenate([every, unlocked, unlocked, moved])
    stamp = np.concatenate([written, saved_at, again_at, merged_at[moved]])
    reopened, resubmitted = np.full(len(unlocked), SAVED), np.full(len(unlocked), SUBMITTED)
    status = np.concatenate([calls.status, reopened, resubmitted, calls.status[moved]])
    now_account = accounts.survivors(account[base], stamp)
    # the device sent some calls twice under one mobile id (CRM-24)
    twice = every[(rng.random(total) < 0.003) & is_submitted & (calls.parent < 0) & (calls.attendee == PERSON)]
    number = np.concatenate([base, total + np.arange(len(twice))])
    base = np.concatenate([base, twice])
    stamp = np.concatenate([stamp, written[twice] + 60])
    status = np.concatenate([status, calls.status[twice]])
    now_account = np.concatenate([now_account, account[twice]])
    comment = np.where(rng.random(total) < 0.02, rng.integers(0, len(COMMENTS), total), NONE)
    notes = write_notes(plan, "calls", total, plan.rates.call_notes)
    is_sparse = calls.parent >= 0  # children often carry neither instant nor minutes
    call_type = np.where((calls.parent >= 0) | (calls.attendee == BUSINESS), 1, 0)
    day, status = _spoil(calls, base, status)

    def render(rows: Ints) -> pa.Table:
        b, n = base[rows], len(rows)
        is_site = calls.attendee[b] == BUSINESS
        person_ids = accounts.ids(now_account[rows])
        site_ids = accounts.site_ids(np.where(is_site, calls.site[b], NONE))
        return pa.table(
            {
                "Id": text.salesforce_ids("a04", number[rows] + 1),
                "Name": text.join("C-", text.texts(number[rows])),
                "RecordTypeId": text.pick(
                    ["CallReport_vod", "MSLMeetingBrief_vod"], calls.is_liaison[b].astype(np.int64)
                ),
                "OwnerId": staff.ids(calls.owner[b]),
                "Status_vod__c": text.pick(STATUSES, status[rows]),
                "Call_Type_vod__c": text.pick(["Detail Only", "Group Detail"], call_type[b]),
                "Call_Channel_vod__c": text.pick(CHANNELS, calls.channel[b]),
                "Call_Date_vod__c": text.where(day[b] == BROKEN, "2026-13-45", text.dates(np.maximum(day[b], 0))),
                "Call_Datetime_vod__c": text.instants(np.where(is_sparse[b], NONE, calls.at[b])),
                "Duration_vod__c": text.texts(np.where(is_sparse[b], NONE, calls.minutes[b])),
                "Attendee_Type_vod__c": text.pick(ATTENDEE_TYPES, calls.attendee[b]),
                "Account_vod__c": text.where(is_site, site_ids, person_ids),
                "User_vod__c": staff.ids(calls.user[b]),
                "Parent_Call_vod__c": text.salesforce_ids(
                    "a04", np.where(calls.parent[b] < 0, NONE, calls.parent[b] + 1)
                ),
                "Is_Parent_Call_vod__c": text.flags(calls.parent[b] < 0, "1", "0"),
                "Mobile_ID_vod__c": text.join("EXAMPLE-", text.texts(b)),
                "Territory_vod__c": text.join("T_", text.texts(calls.owner[b])),
                "Call_Comments_vod__c": notes.over(b, text.pick(COMMENTS, comment[b])),
                "CreatedDate": text.instants(written[b]),
                "LastModifiedDate": text.instants(stamp[rows]),
                "SystemModstamp": text.instants(stamp[rows]),
                "IsDeleted": text.same("false", n),
            }
        )

    landing.deliver(("veeva_crm", "Call2_vod__c"), stamp, render, number)
    _withdraw(landing, every[(calls.status == PLANNED) & (written < plan.instants[0]) & (every % 10 == 0)])
    _write_details(landing, calls, written)
    _write_messages(landing, accounts, calls, account, written)
    ids = text.salesforce_ids("a04", every + 1).to_pylist()
    notes.tell(world.truth, ("veeva_crm", "Call2_vod__c", "Call_Comments_vod__c"), list(enumerate(ids)))
    world.truth.calls(calls.who, calls.at, calls.status == SUBMITTED, calls.parent)


def _spoil(calls: Calls, base: Ints, status: Ints) -> tuple[Ints, Ints]:
    """The few rows that no rule can use: a submitted call of next year (CRM-16), an unknown status, no such day."""
    day = calls.at + calls.offset * HOUR
    single = (calls.parent < 0) & (calls.attendee == PERSON)
    day[np.flatnonzero(single & (calls.status == SUBMITTED))[-5:]] += 400 * DAY
    unused = np.flatnonzero(single & (calls.status == SAVED))
    unused = unused[:: len(unused) // 8 + 1]
    day[unused[:3]] = BROKEN
    return day, np.where(np.isin(base, unused[3:]), UNKNOWN, status)


def _withdraw(landing: Landing, numbers: Ints) -> None:
    """Planned calls that were deleted for good arrive as keys only."""
    at = int(landing.plan.instants[len(landing.plan.instants) // 3])
    if at > landing.plan.instants[0]:
        ids = text.salesforce_ids("a04", numbers + 1)
        keys = pa.table({"Id": ids})
        landing.csv(("veeva_crm", "Call2_vod__c"), at, np.arange(len(numbers)), keys.take, "_deletes.csv")


def _write_details(landing: Landing, calls: Calls, written: Ints) -> None:
    """Products detailed; in group calls on the header and copied to every attendee (CRM-21)."""
    rng = landing.plan.rng("details")
    detailed = (calls.status == SUBMITTED) & ~calls.is_liaison & (calls.attendee != USER)
    family = np.where(calls.parent >= 0, calls.parent, np.arange(calls.count))
    n = rng.choice(3, calls.count, p=[0.1, 0.6, 0.3])[family] * detailed
    call = np.repeat(np.arange(calls.count), n)
    priority = np.arange(len(call)) - np.repeat(np.cumsum(n) - n, n)
    product = (calls.topic[call] // 2 + priority) % len(PRODUCT_IDS)

    def render(rows: Ints) -> pa.Table:
        c = call[rows]
        return pa.table(
            {
                "Id": text.salesforce_ids("a0D", rows + 1),
                "Name": text.join("CD-", text.texts(rows)),
                "Call2_vod__c": text.salesforce_ids("a04", c + 1),
                "Product_vod__c": text.pick(PRODUCT_IDS, product[rows]),
                "Detail_Priority_vod__c": text.texts(priority[rows] + 1),
                "Attendee_Type_vod__c": text.pick(ATTENDEE_TYPES, calls.attendee[c]),
                "CreatedDate": text.instants(written[c]),
                "SystemModstamp": text.instants(written[c]),
                "IsDeleted": text.same("false", len(rows)),
            }
        )

    landing.deliver(("veeva_crm", "Call2_Detail_vod__c"), written[call], render)


def _write_messages(landing: Landing, accounts: Accounts, calls: Calls, account: Ints, written: Ints) -> None:
    """Slides shown; a slide revisited is another row (CRM-31), a reaction is often missing (CRM-33)."""
    rng = landing.plan.rng("key messages")
    shows = (calls.status == SUBMITTED) & ~calls.is_liaison & (calls.attendee == PERSON)
    n = rng.choice(4, calls.count, p=[0.4, 0.2, 0.25, 0.15]) * shows
    call = np.repeat(np.arange(calls.count), n)
    place = np.arange(len(call)) - np.repeat(np.cumsum(n) - n, n)
    asset = (calls.topic[call] * TYPES + rng.integers(0, TYPES, len(call))) % ASSETS
    shown = np.array(rng.integers(10, 180, len(call)))
    reaction = np.where(rng.random(len(call)) < 0.5, NONE, rng.choice(3, len(call), p=[0.5, 0.4, 0.1]))

    def render(rows: Ints) -> pa.Table:
        c, a = call[rows], asset[rows]
        return pa.table(
            {
                "Id": text.salesforce_ids("a0K", rows + 1),
                "Name": text.join("KM-", text.texts(rows)),
                "Call2_vod__c": text.salesforce_ids("a04", c + 1),
                "Account_vod__c": accounts.ids(account[c]),
                "Key_Message_vod__c": text.pick(KEY_MESSAGE_IDS, a),
                "Key_Message_Name_vod__c": text.pick(KEY_MESSAGE_NAMES, a),
                "Clm_Presentation_vod__c": text.pick(PRESENTATION_IDS, a // TYPES),
                "Clm_Presentation_Name_vod__c": text.pick(TOPICS, a // TYPES),
                "Presentation_ID_vod__c": text.join("P-", text.texts(a // TYPES)),
                "Product_vod__c": text.pick(PRODUCT_IDS, a // TYPES // 2),
                "Detail_Group_vod__c": text.pick(DETAIL_GROUP_IDS, a // TYPES // 2),
                "Reaction_vod__c": text.pick(REACTIONS, reaction[rows]),
                "Call_Date_vod__c": text.dates(calls.at[c] + calls.offset[c] * HOUR),
                "Start_Time_vod__c": text.instants(calls.at[c] + place[rows] * 200),
                "Duration_vod__c": text.texts(shown[rows]),
                "Display_Order_vod__c": text.texts(place[rows] + 1),
                "CreatedDate": text.instants(written[c]),
                "SystemModstamp": text.instants(written[c]),
                "IsDeleted": text.same("false", len(rows)),
            }
        )

    landing.deliver(("veeva_crm", "Call2_Key_Message_vod__c"), written[call], render)
