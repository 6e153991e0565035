"""The consent ledger Multichannel_Consent_vod__c: decisions of persons, of the delivery system and of the help desk."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import text
from simulator.accounts import Accounts
from simulator.content import CONTENT_TYPE_IDS, PRODUCT_IDS
from simulator.landing import Landing
from simulator.people import BY_PRODUCT, PENDING, TRACK_OUT, People
from simulator.plan import DAY, HOUR, NONE, Ints
from simulator.pushes import Pushes
from simulator.vocabulary import PRODUCTS

OPT_IN, OPT_OUT, OPT_PENDING = range(3)
OPT_TYPES = ["Opt_In_vod", "Opt_Out_vod", "Opt_In_Pending_vod"]
BY_CAPTURE, BY_UNSUBSCRIBE, BY_BOUNCE, BY_SPAM = range(4)
REASONS = ["Consent_Capture_vod", "Unsubscribed_vod", "Bounced_vod", "Marked_Spam_vod"]
RECORD_TYPES = ["Approved_Email_vod", "CLM_vod", "Engage_vod", "SMS_Consent_c"]
TRACKING = [None, "Opt_In_vod", "Opt_Out_vod"]
TEXTS = [f"I agree to receive information about medicines by email. Version {v}." for v in (1, 2, 3)]


@dataclass
class Ledger:
    """Blocks of decisions; every block has all columns."""

    blocks: list[dict[str, Ints]]

    def add(self, who: Ints, decision: int, captured: Ints, **columns: Ints | int) -> None:
        """Decisions of one kind."""
        defaults: dict[str, Ints | int] = {
            "who": who, "decision": decision, "captured": captured, "loaded": captured + HOUR, "address": NONE,
            "confirmed": NONE, "reason": NONE, "product": NONE, "kind": NONE, "email": NONE, "tracking": 0,
            "expires": NONE, "expires_known": NONE, "channel": 0,
        }  # fmt: skip
        unknown = set(columns) - set(defaults)
        if unknown:
            raise KeyError(f"no such column: {unknown}")
        block = {name: columns.get(name, value) for name, value in defaults.items()}
        self.blocks.append({name: np.broadcast_to(value, who.shape).astype(np.int64) for name, value in block.items()})

    def columns(self) -> dict[str, Ints]:
        """All decisions, column by column."""
        return {name: np.concatenate([block[name] for block in self.blocks]) for name in self.blocks[0]}


def decide(landing: Landing, people: People, pushes: Pushes, rep_rows: Ints) -> dict[str, Ints]:
    """All decisions. `rep_rows` are the pushes that are Veeva emails, in the order of their Sent_Email numbers."""
    plan = landing.plan
    rng = plan.rng("ledger")
    ledger = Ledger([])
    known = people.has_account & (people.granted_at < plan.stop)
    own = people.crm_address
    for_all = np.flatnonzero(known & (people.consent != BY_PRODUCT) & (people.consent != PENDING))
    ledger.add(for_all, OPT_IN, people.granted_at[for_all], address=own[for_all], tracking=people.tracking[for_all])
    for product in range(len(PRODUCTS)):
        some = np.flatnonzero(known & (people.consent == BY_PRODUCT) & (people.granted_products >> product & 1 == 1))
        ledger.add(
            some, OPT_IN, people.granted_at[some],
            address=own[some], product=product, tracking=people.tracking[some],
        )  # fmt: skip
    waiting = np.flatnonzero(known & (people.consent == PENDING))
    ledger.add(
        waiting, OPT_PENDING, people.granted_at[waiting],
        address=own[waiting], confirmed=people.confirmed_at[waiting], tracking=people.tracking[waiting],
    )  # fmt: skip
    # tracking refused by people who said nothing else
    refusers = np.flatnonzero(people.has_account & (people.granted_at >= plan.stop) & (people.tracking == TRACK_OUT))
    at = np.full(len(refusers), plan.first - DAY)
    ledger.add(refusers, OPT_PENDING, at, address=own[refusers], tracking=TRACK_OUT, confirmed=2 * plan.stop)
    # the second address has its own permission, or none (CNS-09, CNS-31)
    other = np.flatnonzero(known & (people.subscriber_address != own) & people.has_subscriber)
    other = other[rng.random(len(other)) < 0.7]
    ledger.add(
        other, OPT_IN, people.granted_at[other],
        address=people.subscriber_address[other], tracking=people.tracking[other],
    )  # fmt: skip
    _by_events(ledger, people, pushes, rep_rows)
    desk = np.flatnonzero(people.has_account & (people.desk_opt_out_at < plan.stop))
    ledger.add(
        desk, OPT_OUT, people.desk_opt_out_at[desk],
        address=own[desk], reason=BY_CAPTURE, loaded=people.desk_known_at[desk],
    )  # fmt: skip
    # decisions about other channels, of one content type, and of a customer's own record type (CNS-03, CNS-14)
    holders = np.flatnonzero(people.has_account)
    few = holders[rng.random(len(holders)) < 0.05]
    captured = plan.first + rng.integers(0, plan.days * DAY, len(few))
    ledger.add(few, OPT_IN, captured, channel=rng.integers(1, 4, len(few)))
    few = holders[rng.random(len(holders)) < 0.01]
    captured = plan.first + rng.integers(0, plan.days * DAY, len(few))
    ledger.add(few, OPT_OUT, captured, address=own[few], kind=3, reason=BY_CAPTURE)
    return ledger.columns()


def _by_events(ledger: Ledger, people: People, pushes: Pushes, rep_rows: Ints) -> None:
    """Rows that the package writes after an event of a Veeva email; the opt-in again stamps the old row expired."""
    events = pushes.take(rep_rows)
    gone = np.flatnonzero(events.is_unsubscribe)
    who = events.person[gone]
    scope = np.where(events.is_global_unsubscribe[gone], NONE, events.topic[gone] // 2)
    ledger.add(
        who, OPT_OUT, events.reacted_at[gone], address=people.crm_address[who], reason=BY_UNSUBSCRIBE, product=scope,
        email=gone, expires=events.back_at[gone], expires_known=events.back_at[gone],
    )  # fmt: skip
    back = np.flatnonzero(pushes.is_unsubscribe)
    who = pushes.person[back]
    has_row = people.has_account[who]
    back, who = back[has_row], who[has_row]
    scope = np.where(pushes.is_global_unsubscribe[back], NONE, pushes.topic[back] // 2)
    address = np.where(pushes.is_rep[back], people.crm_address[who], people.subscriber_address[who])
    ledger.add(who, OPT_IN, pushes.back_at[back], address=address, product=scope, tracking=people.tracking[who])
    for happened, reason in ((events.is_hard_bounce, BY_BOUNCE), (events.is_spam_mark, BY_SPAM)):
        rows = np.flatnonzero(happened)
        who = events.person[rows]
        at = np.where(events.reacted_at[rows] >= 0, events.reacted_at[rows], events.at[rows] + 2)
        ledger.add(who, OPT_OUT, at, address=people.crm_address[who], reason=reason, email=rows)


def write_consents(landing: Landing, people: People, accounts: Accounts, decisions: dict[str, Ints]) -> None:
    """The ledger's rows with their later versions: confirmed, stamped expired, moved by a merge."""
    plan = landing.plan
    rng = plan.rng("consent rows")
    keep = decisions["captured"] < plan.stop
    d = {name: column[keep] for name, column in decisions.items()}
    total = len(d["who"])
    rows = np.arange(total)
    account = accounts.at(d["who"], d["captured"], rng.random(total) < 0.3)
    # restated rows: confirmed double opt-ins under the same id (CNS-06), expiry stamps (CNS-01), merges (CRM-10)
    confirmed = rows[(d["confirmed"] >= 0) & (d["confirmed"] < plan.stop)]
    expired = rows[(d["expires"] >= 0) & (d["expires"] < plan.stop)]
    merged_at = accounts.merged_at[account]
    moved = rows[(merged_at < plan.stop) & ~accounts.is_loop[account] & (merged_at > d["loaded"])]
    base = np.concatenate([rows, confirmed, expired, moved])
    stamp = np.concatenate([d["loaded"], d["confirmed"][confirmed], d["expires"][expired] + HOUR, merged_at[moved]])
    stamp = np.maximum(stamp, plan.first - 2000 * DAY)
    is_confirmed = (d["confirmed"][base] >= 0) & (stamp >= d["confirmed"][base])
    is_expired = (d["expires"][base] >= 0) & (stamp >= d["expires"][base])
    now_account = accounts.survivors(account[base], stamp)
    is_shouted = rng.random(total) < 0.03  # CNS-09
    version = rng.integers(0, len(TEXTS), total)
    has_text = rng.random(total) < 0.9

    def render(some: Ints) -> pa.Table:
        b, n = base[some], len(some)
        decision = np.where((d["decision"][b] == OPT_PENDING) & is_confirmed[some], OPT_IN, d["decision"][b])
        address = text.pick(people.addresses, d["address"][b])
        shouted = text.join(pc.utf8_upper(address), " ")
        evidence = np.where((d["decision"][b] != OPT_OUT) & has_text[b], version[b], NONE)
        return pa.table(
            {
                "Id": text.salesforce_ids("a1C", b + 1),
                "Name": text.join("MC-", text.texts(b)),
                "RecordTypeId": text.pick(RECORD_TYPES, d["channel"][b]),
                "Account_vod__c": accounts.ids(now_account[some]),
                "Opt_Type_vod__c": text.pick(OPT_TYPES, decision),
                "Channel_Value_vod__c": text.where(is_shouted[b], shouted, address),
                "Capture_Datetime_vod__c": text.instants(d["captured"][b]),
                "Consent_Confirm_Datetime_vod__c": text.instants(np.where(is_confirmed[some], d["confirmed"][b], NONE)),
                "Opt_Expiration_Date_vod__c": text.dates(np.where(is_expired[some], d["expires"][b], NONE)),
                "Optout_Event_Type_vod__c": text.pick(REASONS, d["reason"][b]),
                "Product_vod__c": text.pick(PRODUCT_IDS, d["product"][b]),
                "Detail_Group_vod__c": text.nulls(n),
                "Content_Type_vod__c": text.pick(CONTENT_TYPE_IDS, d["kind"][b]),
                "Activity_Tracking_vod__c": text.pick(TRACKING, d["tracking"][b]),
                "Sent_Email_vod__c": text.salesforce_ids("a1S", np.where(d["email"][b] < 0, NONE, d["email"][b] + 1)),
                "Default_Consent_Text_vod__c": text.pick(TEXTS, evidence),
                "External_ID_vod__c": text.join("consent-", text.texts(b)),
                "CreatedDate": text.instants(d["loaded"][b]),
                "LastModifiedDate": text.instants(stamp[some]),
                "SystemModstamp": text.instants(stamp[some]),
                "IsDeleted": text.same("false", n),
            }
        )

    landing.deliver(("veeva_crm", "Multichannel_Consent_vod__c"), stamp, render, base)
