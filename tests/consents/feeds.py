"""The ledger as the deliveries tell it, in plain Python: row by row, from the vendors' files and the policy alone.

It knows nothing of raw, staging or models. From a landing folder it reads the decisions, the addresses and the countries of
source ids; who stands behind an id, and which touches there were, it is told.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tests.consents.oracle import Decision

CHANNELS = {"Approved_Email_vod": "email", "CLM_vod": "clm", "Engage_vod": "remote", "Sample_Consent_vod": "post"}
DECISIONS = {"Opt_In_vod": "opt_in", "Opt_Out_vod": "opt_out", "Opt_In_Pending_vod": "opt_in_pending"}
BLOCKS = {"Bounced_vod": "bounce", "Marked_Spam_vod": "spam_mark"}
PURPOSES = {"medical", "service", "disclosure", "profiling", "tracking"}
EVENTS = {
    "Unsubscribed_vod": ("person", False), "Unsubscribe_vod": ("person", False), "Unsubscribed_All_vod": ("person", True),
    "Marked_Spam_vod": ("spam_mark", True), "Marked_as_Spam_vod": ("spam_mark", True), "Bounced_vod": ("bounce", True),
}  # fmt: skip
ARRIVED, SIGNS = {"Delivered_vod"}, {"Opened_vod", "Clicked_vod", "Viewed_vod", "Downloaded_vod"}
MARKETING_CLOUD = timedelta(hours=6)  # its times are UTC-6 all year, without a zone
HARD_BOUNCE = "1"


@dataclass(frozen=True)
class Row:
    """One delivered row."""

    delivered_at: datetime
    cells: dict[str, str | None]

    def __getitem__(self, column: str) -> str | None:
        return self.cells.get(column) or None


@dataclass(frozen=True)
class Sign:
    """A mail seen to arrive. `proves_from`: it says nothing of a block after that."""

    proves_from: datetime
    seen_at: datetime


def instant(text: str | None) -> datetime | None:
    """An instant in UTC; a date alone is its midnight."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def is_date(text: str | None) -> bool:
    return text is not None and len(text) == len("2026-01-31")


def address(text: str | None) -> str | None:
    return (text or "").strip().lower() or None


@cache
def deliveries(landing: Path, system: str, name: str) -> tuple[Row, ...]:
    """All rows of an object, in the order in which they count."""
    found: list[Row] = []
    for path in sorted((landing / system / name).glob("*.csv"), key=lambda each: (each.name[:16], each.name)):
        if "_full" in path.name or "_deletes" in path.name:
            raise ValueError(f"{path.name}: full extracts and deletions are not read here")
        at = datetime.strptime(path.name[:16], "%Y%m%dT%H%M%SZ")
        with path.open(newline="", encoding="utf-8-sig") as file:
            found += [Row(at, cells) for cells in csv.DictReader(file)]
    return tuple(found)


def histories(landing: Path, system: str, name: str, *key: str) -> dict[tuple[str | None, ...], list[Row]]:
    """The delivered versions of each record, oldest first: the last one is its state."""
    rows: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in deliveries(landing, system, name):
        rows[tuple(row[column] for column in key)].append(row)
    return rows


def account(text: str | None) -> str:
    return f"veeva_crm|veeva_crm_account|{text}"


def subscriber(text: str | None) -> str:
    return f"sfmc|sfmc_subscriber|{text}"


@dataclass(frozen=True)
class Feeds:
    """A landing folder, and which mails of the CRM were medical (a fact about the sender)."""

    landing: Path
    medical_mails: frozenset[str]

    def decisions(self) -> list[Decision]:
        """Everything that anybody decided, or a delivery system noted; `person` is still the id."""
        return [*self._crm(), *self._marketing_cloud(), *self._objections(), *self._share_consents()]

    # --- CRM -----------------------------------------------------------------------------------------------------------

    def _mails(self) -> dict[str, tuple[str | None, Row]]:
        """Each mail with the account under which it was written (a merge moves it later) and its state."""
        versions = histories(self.landing, "veeva_crm", "Sent_Email_vod__c", "Id")
        return {
            str(key[0]): (_first_account(rows), rows[-1])
            for key, rows in versions.items()
            if rows[-1]["Account_vod__c"]
        }

    def mail_owners(self) -> dict[str, str]:
        """The account under which each mail was written."""
        return {mail_id: owner for mail_id, (owner, _) in self._mails().items() if owner}

    def _events(self) -> list[Decision]:
        mails = self._mails()
        found: list[Decision] = []
        for (event_id,), rows in histories(self.landing, "veeva_crm", "Email_Activity_vod__c", "Id").items():
            row = rows[-1]
            owner, mail = mails.get(str(row["Sent_Email_vod__c"]), (None, row))
            at = instant(row["Activity_DateTime_vod__c"])
            if owner is None or at is None or row["IsDeleted"] == "true":
                continue
            for part, decision, reason, scope in _parts(row, mail):
                found.append(
                    Decision(
                        f"veeva_crm|Email_Activity_vod__c|{event_id}{part}", row["Sent_Email_vod__c"] or "", account(owner), "email",
                        address(mail["Account_Email_vod__c"]),
                        "medical" if mail["Id"] in self.medical_mails else "promotional", *scope, decision, reason, at,
                    )
                )  # fmt: skip
        complained = {(event.person, event.captured_at) for event in found if event.reason == "spam_mark"}
        return [
            event
            for event in found
            if event.ledger_id.count("|") > 2
            or event.reason != "person"
            or (event.person, event.captured_at) not in complained
        ]

    def _crm(self) -> Iterator[Decision]:
        events = self._events()
        produced: set[str] = set()
        for (row_id,), rows in histories(self.landing, "veeva_crm", "Multichannel_Consent_vod__c", "Id").items():
            row = rows[-1]
            captured_at = instant(row["Capture_Datetime_vod__c"])
            if row["IsDeleted"] == "true" or row["Opt_Type_vod__c"] not in DECISIONS or captured_at is None:
                continue
            decision = _consent_row(str(row_id), rows, captured_at)
            twins = [event for event in events if _is_one(decision, row, event)] if row["Sent_Email_vod__c"] else []
            if twins:
                twin = min(twins, key=lambda each: (abs(each.captured_at - captured_at), each.ledger_id))
                produced.add(twin.ledger_id)
                decision = _at(decision, min(captured_at, twin.captured_at))
            yield decision
            if tracking := row["Activity_Tracking_vod__c"]:
                yield _tracking(decision, tracking)
        yield from (event for event in events if event.ledger_id not in produced)

    def signs(self) -> dict[str, list[Sign]]:
        """Per address: the mails that are known to have arrived there, each by its first sign."""
        found: dict[str, list[Sign]] = defaultdict(list)
        mails = self._mails()
        first: dict[str, tuple[datetime, datetime | None]] = {}
        for (_,), rows in histories(self.landing, "veeva_crm", "Email_Activity_vod__c", "Id").items():
            row, mail_id = rows[-1], str(rows[-1]["Sent_Email_vod__c"])
            at = instant(row["Activity_DateTime_vod__c"])
            if row["Event_type_vod__c"] not in ARRIVED | SIGNS or row["IsDeleted"] == "true" or at is None:
                continue
            seen, arrived = first.get(mail_id, (at, None))
            if row["Event_type_vod__c"] in ARRIVED:
                arrived = min(arrived or at, at)
            first[mail_id] = (min(seen, at), arrived)
        for mail_id, (seen, arrived) in first.items():
            if mail_id in mails and (value := address(mails[mail_id][1]["Account_Email_vod__c"])):
                sent_at = instant(mails[mail_id][1]["Email_Sent_Date_vod__c"])
                found[value].append(Sign(arrived or min(sent_at or seen, seen), seen))
        sent: dict[tuple[str | None, str | None], list[datetime]] = defaultdict(list)
        for row in deliveries(self.landing, "sfmc", "Sent"):
            sent[row["JobID"], row["SubscriberID"]].append(_marketing_instant(row))
        for name in ("Open", "Click"):
            for row in deliveries(self.landing, "sfmc", name):
                seen = _marketing_instant(row)
                value = self.subscriber_address(row["SubscriberID"], seen, or_first=True)
                before = [at for at in sent[row["JobID"], row["SubscriberID"]] if at <= seen]
                if value:
                    found[value].append(Sign(max(before, default=seen), seen))
        return found

    # --- Marketing Cloud -------------------------------------------------------------------------------------------------

    def subscriber_address(self, subscriber_id: str | None, at: datetime, *, or_first: bool) -> str | None:
        """The address in force by delivery; before any was delivered the first known one."""
        versions = _subscribers(self.landing).get((subscriber_id,), [])
        known = [row for row in versions if row.delivered_at <= at] or (versions[:1] if or_first else [])
        return address(known[-1]["EmailAddress"]) if known else None

    def _marketing_cloud(self) -> Iterator[Decision]:
        key = ("JobID", "ListID", "BatchID", "SubscriberID", "EventDate")
        lists: dict[str | None, set[str | None]] = defaultdict(set)
        for row in deliveries(self.landing, "sfmc", "Sent"):
            lists[row["JobID"]].add(row["ListID"])
        complaints = histories(self.landing, "sfmc", "Complaint", *key)
        complained = {(record[0], record[3], record[4]) for record in complaints}
        for record, rows in histories(self.landing, "sfmc", "Unsubscribe", *key).items():
            if (record[0], record[3], record[4]) in complained:
                continue
            states = _subscribers(self.landing).get((record[3],), [])
            is_gone = bool(states) and (states[-1]["Status"] or "").lower() == "unsubscribed"
            one_list = record[1] in lists[record[0]] and not is_gone
            yield from self._note("Unsubscribe", record, rows[0], "person", record[1] if one_list else None)
        for record, rows in complaints.items():
            yield from self._note("Complaint", record, rows[0], "spam_mark", None)
        for record, rows in histories(self.landing, "sfmc", "Bounce", *key).items():
            if (
                rows[-1]["BounceCategoryID"] == HARD_BOUNCE
                and (rows[-1]["IsFalseBounce"] or "False").lower() == "false"
            ):
                yield from self._note("Bounce", record, rows[0], "bounce", None)

    def _note(
        self, name: str, record: tuple[str | None, ...], row: Row, reason: str, one_list: str | None
    ) -> Iterator[Decision]:
        at = _marketing_instant(row)
        value = self.subscriber_address(record[3], at, or_first=True)
        if value or reason == "person":
            yield Decision(
                f"sfmc|{name}|{'|'.join(map(str, record))}", "", subscriber(record[3]), "email", value, "promotional",
                "list" if one_list else "global", one_list, "opt_out", reason, at, known_at=row.delivered_at,
            )  # fmt: skip

    # --- registers -------------------------------------------------------------------------------------------------------

    def _objections(self) -> Iterator[Decision]:
        for (number,), rows in histories(self.landing, "privacy", "processing_objections", "objection_id").items():
            row = rows[-1]
            since, until = instant(row["valid_from"]), instant(row["valid_to"])
            if since is None:
                continue
            yield Decision(
                f"privacy|processing_objections|{number}", "", f"privacy|{row['id_type']}|{_id_value(row)}", "any", None,
                "promotional" if row["purpose"] == "marketing" else str(row["purpose"]), "global", None, "opt_out", "person", since,
                ended_at=until + timedelta(hours=12) if until and is_date(row["valid_to"]) else until,
                known_at=row.delivered_at, is_objection=True, counts_from=_counts_from(row["valid_from"], since, "opt_out"),
            )  # fmt: skip

    def _share_consents(self) -> Iterator[Decision]:
        key = ("id_type", "id_value", "provider", "recipient", "granted_at")
        for record, rows in histories(self.landing, "privacy", "cme_share_consents", *key).items():
            row = rows[-1]
            if (row["recipient"] or "").strip().lower() != "rapport":
                continue
            for column, decision in (("granted_at", "opt_in"), ("withdrawn_at", "opt_out")):
                at = instant(row[column])
                if at is not None:
                    yield Decision(
                        f"privacy|cme_share_consents|{'|'.join(map(str, record))}|{column}", "",
                        f"privacy|{row['id_type']}|{_id_value(row)}", "any", None, "education_share", "list", row["provider"],
                        decision, "person", at, known_at=row.delivered_at, counts_from=_counts_from(row[column], at, decision),
                    )  # fmt: skip


def _first_account(rows: list[Row]) -> str | None:
    return next((row["Account_vod__c"] for row in rows if row["Account_vod__c"]), None)


@cache
def _subscribers(landing: Path) -> dict[tuple[str | None, ...], list[Row]]:
    return histories(landing, "sfmc", "Subscribers", "SubscriberID")


def _marketing_instant(row: Row) -> datetime:
    return datetime.fromisoformat(str(row["EventDate"])) + MARKETING_CLOUD


def _id_value(row: Row) -> str | None:
    value = row["id_value"]
    return address(value) if row["id_type"] == "email" else value


def _counts_from(text: str | None, at: datetime, decision: str) -> datetime | None:
    """Ruling 39: a refusal with a date only counts from its start at UTC+14, a grant from its end at UTC-12."""
    if not is_date(text):
        return None
    return at - timedelta(hours=14) if decision == "opt_out" else at + timedelta(hours=36)


def _consent_row(row_id: str, rows: list[Row], captured_at: datetime) -> Decision:
    row = rows[-1]
    decision = DECISIONS[str(row["Opt_Type_vod__c"])]
    opted_in = [each.delivered_at for each in rows if each["Opt_Type_vod__c"] == "Opt_In_vod"]
    was_pending = any(each["Opt_Type_vod__c"] == "Opt_In_Pending_vod" for each in rows)
    confirmed_at = instant(row["Consent_Confirm_Datetime_vod__c"])
    if confirmed_at is None and was_pending and opted_in:
        confirmed_at = min(opted_in)
    product, group, content = (row[f"{name}_vod__c"] for name in ("Product", "Detail_Group", "Content_Type"))
    kind = "product" if product else "detail_group" if group else "content_type" if content else "global"
    place = "|".join(filter(None, (row["Consent_Line_vod__c"], row["Child_Account_vod__c"]))) or None
    purpose = (row["Consent_Type_vod__c"] or "").lower()
    return Decision(
        f"veeva_crm|Multichannel_Consent_vod__c|{row_id}", "", account(_first_account(rows[:1]) or row["Account_vod__c"]),
        CHANNELS.get(str(row["RecordTypeId"]), "unknown"), address(row["Channel_Value_vod__c"]),
        purpose if purpose in PURPOSES else "promotional", kind, product or group or content, decision,
        BLOCKS.get(str(row["Optout_Event_Type_vod__c"]), "person") if decision == "opt_out" else "person", captured_at, confirmed_at,
        known_at=instant(row["CreatedDate"]) or rows[0].delivered_at,
        counts_from=_counts_from(row["Capture_Datetime_vod__c"], captured_at, decision),
        detail_group=group if product else None, content_type=content if product or group else None, place=place,
    )  # fmt: skip


def _at(decision: Decision, captured_at: datetime) -> Decision:
    from dataclasses import replace

    return replace(decision, captured_at=captured_at)


def _tracking(decision: Decision, word: str) -> Decision:
    from dataclasses import replace

    refused = word == "Opt_Out_vod"
    kind = "opt_out" if refused else "opt_in_pending" if decision.decision == "opt_in_pending" else "opt_in"
    return replace(
        decision, ledger_id=f"{decision.ledger_id}|tracking", purpose="tracking", scope_type="global", scope_id=None,
        detail_group=None, content_type=None, place=None, decision=kind, reason="person",
        confirmed_at=None if refused else decision.confirmed_at,
    )  # fmt: skip


def _is_one(decision: Decision, row: Row, event: Decision) -> bool:
    """CNS-15: the event and the consent row that it produced; `person` of an event holds its mail."""
    chosen = event.ledger_id.count("|") > 2  # one part of a preference centre's event
    return (
        event.person == row["Sent_Email_vod__c"]
        and (event.decision, event.reason) == (decision.decision, decision.reason)
        and abs(event.captured_at - decision.captured_at) <= timedelta(days=1)
        and (not chosen or (event.scope_type, event.scope_id) == (decision.scope_type, decision.scope_id))
    )


def _parts(row: Row, mail: Row) -> Iterator[tuple[str, str, str, tuple[str, str | None]]]:
    kind = row["Event_type_vod__c"]
    if kind in EVENTS:
        reason, is_global = EVENTS[str(kind)]
        product = None if is_global else mail["Product_vod__c"]
        yield "", "opt_out", reason, ("product", product) if product else ("global", None)
    elif kind == "Preferences_Modified_vod":
        for part in (row["Preference_Modification_vod__c"] or "").split(";;"):
            fields = [field.strip() for field in part.split("::")]
            if len(fields) > 2 and fields[2].lower() in ("optin", "optout"):
                scopes = {mail["Content_Type_vod__c"]: "content_type", mail["Detail_Group_vod__c"]: "detail_group"}
                scope = (scopes.get(fields[1], "product"), fields[1]) if fields[1] else ("global", None)
                yield f"|{part}", "opt_in" if fields[2].lower() == "optin" else "opt_out", "person", scope
