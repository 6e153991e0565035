"""Approved Email: Sent_Email_vod__c and Email_Activity_vod__c, with stubs, bots and mails that never went out."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import text
from simulator.content import PRODUCT_IDS, TEMPLATE_IDS, TYPES
from simulator.people import CHOOSERS, TRACK_OUT, People
from simulator.plan import DAY, HOUR, NONE, Bools, Ints
from simulator.pushes import BOUNCE, Pushes
from simulator.staff import CHANGERS
from simulator.world import World

STATUSES = [
    "Delivered_vod", "Bounced_vod", "Dropped_vod", "Unsubscribed_vod", "Marked_Spam_vod",
    "Saved_vod", "Scheduled_vod", "Failed_vod", "Group_vod", "Sent_vod",
]  # fmt: skip
DELIVERED, BOUNCED, DROPPED, UNSUBSCRIBED, SPAM, SAVED, SCHEDULED, FAILED, GROUP, SENT = range(10)
RECORD_TYPES = ["Account_vod", "Double_Opt_In_vod", "Email_Receipt_vod", "Events_Management_vod", "CLM_vod"]
EVENTS = [
    "Delivered_vod", "Opened_vod", "Clicked_vod", "Viewed_vod", "Bounced_vod", "Dropped_vod", "Unsubscribed_vod",
    "Unsubscribe_vod", "Unsubscribed_All_vod", "Marked_Spam_vod", "Marked_as_Spam_vod", "Preferences_Modified_vod",
]  # fmt: skip
(E_DELIVERED, E_OPENED, E_CLICKED, E_VIEWED, E_BOUNCED, E_DROPPED, E_UNSUBSCRIBED,
 E_UNSUBSCRIBE, E_UNSUBSCRIBED_ALL, E_SPAM, E_AS_SPAM, E_PREFERENCES) = range(12)  # fmt: skip
BOTS = ["apple", "gmail", "generic"]
AGENTS = ["Mozilla/5.0", "Mozilla/5.0 (Windows NT 10.0) Example", "GoogleImageProxy", "HeadlessExample/1.0"]
BOT_FLAGS_SINCE = 1_735_689_600  # 2025-01-01, the organisation's upgrade (EML-04)
LINKS = ["study", "dosing", "contact"]
SEEN = [E_OPENED, E_CLICKED, E_VIEWED]
# mails beside the pushes, in equal parts: receipts, event mails, saved, scheduled, failed, group parents
EXTRA_STATUS = np.array([DELIVERED, DELIVERED, SAVED, SCHEDULED, FAILED, GROUP])
EXTRA_TYPE = np.array([2, 3, 0, 0, 0, 0])
SERVICE_TYPES = 3  # record types 1 to 3 are transactional


class Events:
    """Activity rows, gathered block by block."""

    def __init__(self) -> None:
        self.blocks: list[dict[str, Ints]] = []

    def add(self, email: Ints, kind: int | Ints, at: Ints, **columns: Ints | int) -> None:
        """Events of one kind."""
        defaults: dict[str, Ints | int] = {"bot": NONE, "agent": 1, "link": NONE, "human": NONE, "detail": NONE}
        values = {"email": email, "kind": kind, "at": at, **defaults, **columns}
        self.blocks.append({name: np.broadcast_to(v, email.shape).astype(np.int64) for name, v in values.items()})

    def columns(self) -> dict[str, Ints]:
        """All events, column by column."""
        return {name: np.concatenate([block[name] for block in self.blocks]) for name in self.blocks[0]}


@dataclass
class Mails:
    """One entry per Sent_Email row: the pushes first, then service mails, mails never sent, and stubs."""

    person: Ints  # NONE for stubs
    at: Ints
    status: Ints
    record_type: Ints
    push: Ints  # the push that it is, or that it was made from; NONE for double opt-in mails
    asset: Ints
    owner: Ints
    parent: Ints
    is_stub: Bools


def write_rep_emails(world: World, rows: Ints) -> None:
    """Emails by representatives: `rows` are their pushes; their Sent_Email number is the place in `rows`."""
    people, plan = world.people, world.plan
    rng = plan.rng("rep emails")
    sent = world.pushes.take(rows)
    is_refused = people.tracking[sent.person] == TRACK_OUT
    events = _events(plan.stop, people, sent, is_refused, rng)
    is_seen = np.isin(events["kind"], SEEN)
    mails = _mails(world, sent, np.unique(events["email"][is_seen & is_refused[events["email"]]]), rng)
    _write_mails(world, mails, sent, rng)
    # with tracking refused, opens and clicks hang on the stub (EML-01, EML-02)
    stub_of = np.full(len(rows), NONE)
    stubs = np.flatnonzero(mails.is_stub)
    stub_of[mails.push[stubs]] = stubs
    _write_activities(world, events, stub_of, mails)
    # a mail of a medical function is no promotion: its verdict follows other rules
    is_medical = (mails.owner[: len(rows)] != people.rep[sent.person]) | np.isin(people.rep[sent.person], CHANGERS)
    sent.is_verdict_simple &= ~is_medical
    world.truth.rep_emails(rows, sent)


def _mails(world: World, sent: Pushes, stubbed: Ints, rng: np.random.Generator) -> Mails:
    people, plan, n = world.people, world.plan, len(sent.person)
    first_status = np.where(sent.is_hard_bounce, np.where(sent.verdict == BOUNCE, DROPPED, BOUNCED), DELIVERED)
    # double opt-in requests, receipts, event mails, mails that never went out, group parents (EML-08, EML-09, EML-15)
    waiting = np.flatnonzero(people.has_account & (people.granted_at != people.confirmed_at))
    waiting = waiting[(people.granted_at[waiting] >= plan.first) & (people.granted_at[waiting] < plan.stop)]
    made_from = rng.integers(0, max(n, 1), round(n * 0.05))
    kind = rng.integers(0, len(EXTRA_STATUS), len(made_from))
    push = np.concatenate([np.arange(n), np.full(len(waiting), NONE), made_from, stubbed])
    source = np.maximum(push, 0)
    nobody = np.full(len(stubbed), NONE)
    person = np.concatenate([sent.person, waiting, sent.person[made_from], nobody])
    at = np.concatenate([sent.at, people.granted_at[waiting] + 60, sent.at[made_from] + 90, sent.at[stubbed] + 30])
    status = [first_status, np.full(len(waiting), DELIVERED), EXTRA_STATUS[kind], np.full(len(stubbed), DELIVERED)]
    by_device = np.where(rng.random(n) < 0.1, RECORD_TYPES.index("CLM_vod"), 0)
    types = [by_device, np.full(len(waiting), 1), EXTRA_TYPE[kind], np.zeros(len(stubbed), np.int64)]
    record_type = np.concatenate(types)
    is_service = (record_type >= 1) & (record_type <= SERVICE_TYPES)
    asset = np.where(is_service | (push < 0), NONE, sent.asset[source] if n else NONE)
    known = np.where(person < 0, sent.person[source] if n else 0, person)
    by_liaison = (rng.random(len(person)) < 0.05) & (person >= 0)
    parent = np.full(len(person), NONE)
    groups = n + len(waiting) + np.flatnonzero(EXTRA_STATUS[kind] == GROUP)
    parent[push[groups]] = groups
    owner = np.where(by_liaison, people.msl[known], people.rep[known])
    is_stub = np.arange(len(person)) >= len(person) - len(stubbed)
    return Mails(person, at, np.concatenate(status), record_type, push, asset, owner, parent, is_stub)


def _write_mails(world: World, mails: Mails, sent: Pushes, rng: np.random.Generator) -> None:
    people, accounts, staff, plan = world.people, world.accounts, world.staff, world.plan
    total = len(mails.person)
    known = np.maximum(mails.person, 0)
    account = np.where(mails.person < 0, NONE, accounts.at(known, mails.at, rng.random(total) < 0.3))
    # the status is overwritten by later events (EML-05); merges move the row (CRM-10)
    left = np.flatnonzero(sent.is_unsubscribe | sent.is_spam_mark)
    merged_at = np.where(account < 0, 2 * plan.stop, accounts.merged_at[account])
    moved = np.flatnonzero((merged_at < plan.stop) & (merged_at > mails.at) & ~accounts.is_loop[account])
    moved = moved[~np.isin(moved, left)]
    base = np.concatenate([np.arange(total), left, moved])
    stamp = np.concatenate([mails.at + 120, sent.reacted_at[left] + 5, merged_at[moved]])
    later = np.where(sent.is_spam_mark[left], SPAM, UNSUBSCRIBED)
    status = np.concatenate([mails.status, later, mails.status[moved]])
    now_account = accounts.survivors(account[base], stamp)
    sent_at = np.where(np.isin(mails.status, [SAVED, SCHEDULED, GROUP]), NONE, mails.at)
    planned_at = np.where(mails.status == SCHEDULED, mails.at + DAY, NONE)
    address = np.where(mails.person < 0, NONE, people.crm_address[known])
    mode = np.where(mails.person < 0, NONE, people.tracking[known])

    def render(rows: Ints) -> pa.Table:
        b, n = base[rows], len(rows)
        asset, none = mails.asset[b], text.nulls(n)
        parent = mails.parent[b]
        return pa.table(
            {
                "Id": text.salesforce_ids("a1S", b + 1),
                "Name": text.join("SE-", text.texts(b)),
                "RecordTypeId": text.pick(RECORD_TYPES, mails.record_type[b]),
                "OwnerId": staff.ids(mails.owner[b]),
                "Account_vod__c": accounts.ids(now_account[rows]),
                "Account_Email_vod__c": text.pick(people.addresses, address[b]),
                "Status_vod__c": text.pick(STATUSES, status[rows]),
                "Email_Sent_Date_vod__c": text.instants(sent_at[b]),
                "Capture_Datetime_vod__c": text.instants(mails.at[b] - 30),
                "Scheduled_Send_Datetime_vod__c": text.instants(planned_at[b]),
                "Product_vod__c": text.pick(PRODUCT_IDS, np.where(asset < 0, NONE, asset // TYPES // 2)),
                "Detail_Group_vod__c": none,
                "Content_Type_vod__c": none,
                "Approved_Email_Template_vod__c": text.pick(TEMPLATE_IDS, asset),
                "Parent_Email_vod__c": text.salesforce_ids("a1S", np.where(parent < 0, NONE, parent + 1)),
                "Activity_Tracking_Mode_vod__c": text.pick([None, "Tracked_vod", "Anonymous_vod"], mode[b]),
                "VExternal_Id_vod__c": text.join("anon-", text.texts(np.where(mails.is_stub[b], b, NONE))),
                "Call2_vod__c": none,
                "CreatedDate": text.instants(mails.at[b]),
                "LastModifiedDate": text.instants(stamp[rows]),
                "SystemModstamp": text.instants(stamp[rows]),
                "IsDeleted": text.same("false", n),
            }
        )

    world.landing.deliver(("veeva_crm", "Sent_Email_vod__c"), stamp, render, base)


def _events(stop: int, people: People, sent: Pushes, is_refused: Bools, rng: np.random.Generator) -> dict[str, Ints]:
    n = len(sent.person)
    mail = np.arange(n)
    who, at = sent.person, sent.at
    events = Events()
    is_bounced = sent.is_hard_bounce | sent.is_soft_bounce
    is_dropped = sent.is_hard_bounce & (sent.verdict == BOUNCE)
    delay = np.where(rng.random(n) < 0.95, 1, rng.integers(60, 5 * HOUR, n))
    got = mail[~is_bounced]
    arrived = at + delay
    events.add(got, E_DELIVERED, arrived[got], agent=NONE)
    events.add(mail[is_bounced & ~is_dropped], E_BOUNCED, at[is_bounced & ~is_dropped] + 2, agent=NONE)
    events.add(mail[is_dropped], E_DROPPED, at[is_dropped] + 2, agent=NONE)
    # privacy proxies fetch the pixel
    proxy = got[people.proxy[who[got]]]
    named = (at[proxy] >= BOT_FLAGS_SINCE) & (rng.random(len(proxy)) < 0.8)
    brand = (proxy % 3 == 0).astype(np.int64)
    seen = arrived[proxy] + rng.integers(1, 1800, len(proxy))
    events.add(proxy, E_OPENED, seen, bot=np.where(named, brand, NONE), agent=brand * 2, human=0)
    # scanners follow every link within a second of the delivery (EML-52); some rows carry the flag (EML-04)
    scanned = got[people.scanner[who[got]]]
    flagged = (at[scanned] >= BOT_FLAGS_SINCE) & (rng.random(len(scanned)) < 0.7)
    bot = np.where(flagged, 2, NONE)
    events.add(scanned, E_OPENED, arrived[scanned], bot=bot, agent=3, human=0)
    for link in range(len(LINKS)):
        events.add(scanned, E_CLICKED, arrived[scanned] + (link == 2), bot=bot, agent=3, link=link, human=0)
    # people: opens, clicks; a click without an open makes a synthetic open of the same instant (EML-03)
    readers = got[(rng.random(len(got)) < 0.25) & ~sent.is_answered[got]]
    later = (rng.random(len(readers)) ** 3 * 9 * DAY).astype(np.int64)
    events.add(readers, E_OPENED, arrived[readers] + 60 + later, human=1)
    clicked = mail[sent.is_answered & (sent.answered_at < stop)]
    clicked_at = np.maximum(sent.answered_at[clicked], arrived[clicked] + 30)
    is_synthetic = rng.random(len(clicked)) < 0.25
    opened_at = np.where(is_synthetic, clicked_at, np.maximum(clicked_at - 45, arrived[clicked] + 5))
    events.add(clicked, E_OPENED, opened_at, human=1)
    events.add(clicked, E_CLICKED, clicked_at, link=rng.integers(0, len(LINKS), len(clicked)), human=1)
    more = rng.random(len(clicked)) < 0.3
    events.add(clicked[more], E_VIEWED, clicked_at[more] + 20, detail=clicked[more], human=1)
    more = rng.random(len(clicked)) < 0.25
    events.add(clicked[more], E_CLICKED, clicked_at[more] + 40, link=2, human=1)
    gone = mail[sent.is_unsubscribe]
    spelling = np.where(rng.random(len(gone)) < 0.5, E_UNSUBSCRIBED, E_UNSUBSCRIBE)
    spelling = np.where(sent.is_global_unsubscribe[gone], E_UNSUBSCRIBED_ALL, spelling)
    events.add(gone, spelling, sent.reacted_at[gone], detail=NONE)
    marked = mail[sent.is_spam_mark]
    events.add(marked, np.where(marked % 2 == 0, E_SPAM, E_AS_SPAM), sent.reacted_at[marked])
    changed = got[(who[got] % CHOOSERS == 0) & (rng.random(len(got)) < 0.1) & ~is_refused[got]]
    events.add(changed, E_PREFERENCES, arrived[changed] + 2 * HOUR, detail=sent.topic[changed] // 2)
    return events.columns()


def _write_activities(world: World, events: dict[str, Ints], stub_of: Ints, mails: Mails) -> None:
    pushes = len(stub_of)
    others = np.flatnonzero((mails.status == DELIVERED) & ~mails.is_stub & (np.arange(len(mails.at)) >= pushes))
    extra = {name: np.full(len(others), NONE) for name in events}
    extra |= {"email": others, "kind": np.full(len(others), E_DELIVERED), "at": mails.at[others] + 1}
    e = {name: np.concatenate([column, extra[name]]) for name, column in events.items()}
    keep = e["at"] < world.plan.stop
    e = {name: column[keep] for name, column in e.items()}
    is_push = (e["email"] < pushes) & np.isin(e["kind"], SEEN)
    stub = np.full(len(e["email"]), NONE)
    stub[is_push] = stub_of[e["email"][is_push]]
    email = np.where(stub >= 0, stub, e["email"])
    product_ids = PRODUCT_IDS.to_pylist()
    count = len(product_ids)
    pairs = [(product_ids[p], product_ids[(p + 1) % count]) for p in range(count)]
    choices = [f"Product::{out}::OptOut;;Product::{back}::OptIn" for out, back in pairs]
    stamp = e["at"] + 30

    def render(rows: Ints) -> pa.Table:
        kind, link = e["kind"][rows], e["link"][rows]
        token = text.texts(np.where(link < 0, NONE, e["email"][rows]))
        is_seen = np.isin(kind, SEEN)
        modified = text.pick(choices, np.where(kind == E_PREFERENCES, e["detail"][rows], NONE))
        return pa.table(
            {
                "Id": text.salesforce_ids("a1E", rows + 1),
                "Name": text.join("EA-", text.texts(rows)),
                "Sent_Email_vod__c": text.salesforce_ids("a1S", email[rows] + 1),
                "Event_type_vod__c": text.pick(EVENTS, kind),
                "Activity_DateTime_vod__c": text.instants(e["at"][rows]),
                "Bot_vod__c": text.pick(BOTS, e["bot"][rows]),
                "Event_Msg_vod__c": text.join("anonymousId:anon-", text.texts(stub[rows])),
                "Preference_Modification_vod__c": modified,
                "Click_URL_vod__c": text.join("https://www.example.org/", text.pick(LINKS, link), "?t=", token),
                "IP_Address_vod__c": text.where(is_seen, "192.0.2.7", None),
                "User_Agent_vod__c": text.pick(AGENTS, np.where(is_seen, e["agent"][rows], NONE)),
                "Vault_Doc_ID_vod__c": text.texts(np.where(kind == E_VIEWED, 2000 + e["detail"][rows] % 90, NONE)),
                "CreatedDate": text.instants(stamp[rows]),
                "SystemModstamp": text.instants(stamp[rows]),
                "IsDeleted": text.same("false", len(rows)),
            }
        )

    world.landing.deliver(("veeva_crm", "Email_Activity_vod__c"), stamp, render)
    world.truth.rep_clicks(e, np.flatnonzero(e["human"] >= 0))
