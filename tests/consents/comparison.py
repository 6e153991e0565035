"""Every touch of a built warehouse judged anew, from the deliveries and in plain Python.

Taken from the warehouse as facts: which touches there were, which ids are one person, and when evidence other than a merge in
the CRM or a steward's decision joined two ids. Decisions, merges, countries, addresses and regimes come from the files.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.settings import PROJECT_DIR
from tests.consents.feeds import Feeds, account, address, deliveries, histories, instant, subscriber
from tests.consents.oracle import Decision, Touch, World, verdict

STATUS = {
    "not_applicable": "not_required", "granted": "granted", "pending": "pending", "bounce": "blocked", "spam_mark": "blocked",
    "own_will": "refused", "merge_conflict": "refused", "regime_prohibited": "refused",
}  # fmt: skip
PERMITTED = {"not_applicable", "granted", "no_refusal"}
REPORTED = {"merge", "steward"}  # the oracle reads these moments itself
Verdict = tuple[str, str, bool, str, bool]  # status, regime, verdict, reason; whether opens and clicks may be joined
TOUCHES = """
    select touches.touchpoint_id, coalesce(touches.person_key, touches.source_system || '|' || touches.id_value) as person,
        case touches.source_system when 'veeva_vault' then 'veeva_crm' else touches.source_system end as system, id_type, id_value,
        source_record_id, channel, consent_channel, channel_value, purpose, coalesce(scope_product_id, product) as products,
        scope_content_type_id, scope_detail_group_id, scope_list_id, occurred_at, business_on, direction, is_response_to_request
    from int_touchpoints__identified as touches
"""
FOUND = """
    select touchpoint_id, consent_status, consent_regime, is_permitted, permission_reason, is_tracking_permitted
    from int_consents__verdicts
"""
IDS = "select source_system, id_type, id_value, person_key from int_identity__clusters"
NAMED = "select id_type, id_value, person_key from int_identity__person_ids"
MEDICAL = "select source_record_id from int_touchpoints__rep_emails where purpose = 'medical'"
EVIDENCE = """
    select a.source_system, a.id_type, a.id_value, b.source_system, b.id_type, b.id_value, edges.known_at, edges.rule
    from int_identity__edges as edges
    inner join int_identity__nodes as a on edges.node_a = a.node_id
    inner join int_identity__nodes as b on edges.node_b = b.node_id
"""


@dataclass
class Comparison:
    """How many touches were judged, by country and reason, and where the models say something else."""

    touches: int = 0
    countries: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reasons: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    differences: list[tuple[str, Verdict, Verdict | None]] = field(default_factory=list)


def compare(landing: Path, connection: duckdb.DuckDBPyConnection, as_of: datetime) -> Comparison:
    """The models' verdicts against the oracle's; the connection's search path leads to the intermediate schema."""
    feeds = Feeds(landing, frozenset(str(row[0]) for row in connection.execute(MEDICAL).fetchall()))
    person_of = {"|".join(row[:3]): str(row[3]) for row in connection.execute(IDS).fetchall()}
    world = _world(feeds, connection, person_of)
    by_person: dict[str, list[Decision]] = defaultdict(list)
    for row in world.decisions:
        by_person[row.person].append(row)
    homes = _Countries(landing, person_of)
    judged: dict[str, Verdict] = {str(touch): tuple(said) for touch, *said in connection.execute(FOUND).fetchall()}
    result = Comparison()
    for touch in _touches(connection, as_of, feeds.mail_owners()):
        found = homes.at(touch.person, touch.occurred_at or datetime.combine(touch.business_on, datetime.min.time()))
        first = found[0] if found else None
        placed = replace(touch, country=first, further_countries=tuple(found[1:]))
        of_person = replace(world, decisions=tuple(by_person[touch.person]))
        regime, reason = verdict(of_person, placed)
        expected = (
            STATUS.get(reason, "unknown"),
            regime,
            reason in PERMITTED,
            reason,
            _may_be_tracked(of_person, placed),
        )
        result.touches += 1
        result.countries[first or "unknown"] += 1
        result.reasons[reason] += 1
        if judged.get(touch.touchpoint_id) != expected:
            result.differences.append((touch.touchpoint_id, expected, judged.get(touch.touchpoint_id)))
    return result


def _may_be_tracked(world: World, touch: Touch) -> bool:
    """Rule 9: asked apart from the mail, whatever it is about; a blocked address says nothing of it."""
    if touch.channel not in ("rep_email", "marketing_email"):
        return True
    asked = Touch(
        touch.touchpoint_id, touch.person, touch.source_id, touch.country, touch.channel, "email", touch.value, "tracking", (), None,
        touch.occurred_at, touch.business_on, further_countries=touch.further_countries,
    )  # fmt: skip
    decisions = tuple(row for row in world.decisions if not row.is_block)
    return verdict(replace(world, decisions=decisions), asked)[1] in PERMITTED


def _touches(connection: duckdb.DuckDBPyConnection, as_of: datetime, owners: dict[str, str]) -> Iterator[Touch]:
    for row in connection.execute(TOUCHES).fetchall():
        (key, person, system, id_type, id_value, record, channel, consent_channel, value, purpose, products, content, group, mailing,
         at, day, direction, is_request) = row  # fmt: skip
        is_education = channel == "cme"  # judged by the consent to share, on the as-of date (ruling 42)
        if channel == "rep_email":
            id_value = owners.get(record, id_value)  # a merge has moved it since
        yield Touch(
            key, person, f"{system}|{id_type}|{id_value}", None, channel, consent_channel, value,
            "education_share" if purpose == "education" else purpose, tuple(products.split(";")) if products else (), content,
            None if is_education else at, as_of.date() if is_education else day, direction, group, mailing, bool(is_request),
        )  # fmt: skip


def _world(feeds: Feeds, connection: duckdb.DuckDBPyConnection, person_of: dict[str, str]) -> World:
    named: dict[str, set[str]] = defaultdict(set)
    for id_type, id_value, person in connection.execute(NAMED).fetchall():
        named[f"privacy|{id_type}|{id_value}"].add(person)
    decisions = [
        replace(row, person=person)
        for row in feeds.decisions()
        if row.channel != "unknown"
        for person in (sorted(named[row.source_id]) if row.source_id.startswith("privacy|") else [""])
        or [row.source_id.replace("privacy|", "")]
    ]
    decisions = [
        replace(row, person=row.person or person_of.get(row.source_id) or _stranger(row.source_id)) for row in decisions
    ]
    with (PROJECT_DIR / "seeds" / "consents" / "consent_regimes.csv").open(newline="") as file:
        regimes: list[dict[str, str | None]] = [dict(row) for row in csv.DictReader(file)]
    wanted = {row.source_id for row in decisions}
    merged_at = _moments(feeds.landing, connection, person_of, wanted)
    signs = {value: [(each.proves_from, each.seen_at) for each in found] for value, found in feeds.signs().items()}
    return World(tuple(decisions), merged_at, _addresses(feeds.landing), signs, regimes)


def _stranger(source_id: str) -> str:
    system, _, value = source_id.split("|", 2)
    return f"{system}|{value}"


def _addresses(landing: Path) -> dict[str, list[tuple[str, datetime | None]]]:
    """Which address was known of which id, since when; without an instant for as long as the id itself."""
    found: dict[str, list[tuple[str, datetime | None]]] = defaultdict(list)
    for (number,), versions in histories(landing, "veeva_crm", "Account", "Id").items():
        for place, row in enumerate(versions):
            if value := address(row["PersonEmail"]):
                since = instant(row["SystemModstamp"]) or row.delivered_at
                found[account(number)].append((value, instant(row["CreatedDate"]) if place == 0 else since))
    for (_,), versions in histories(landing, "veeva_crm", "Sent_Email_vod__c", "Id").items():
        if value := address(versions[-1]["Account_Email_vod__c"]):
            owner = account(next((row["Account_vod__c"] for row in versions if row["Account_vod__c"]), None))
            sent = instant(versions[-1]["Email_Sent_Date_vod__c"]) or instant(versions[-1]["CreatedDate"])
            found[owner].append((value, sent))
    for (number,), versions in histories(landing, "sfmc", "Subscribers", "SubscriberID").items():
        for place, row in enumerate(versions):
            if value := address(row["EmailAddress"]):
                found[subscriber(number)].append((value, row.delivered_at if place else None))
    return found


class _Countries:
    """Where a person is at an instant: every country that a living account gives; a register in the US says no more than US."""

    def __init__(self, landing: Path, person_of: dict[str, str]) -> None:
        with (PROJECT_DIR / "seeds" / "identity" / "countries.csv").open(newline="") as file:
            names = {row["country_name"]: row["country_code"] for row in csv.DictReader(file)}
        self.stretches: dict[str, list[tuple[bool, datetime, datetime, str]]] = defaultdict(list)
        self.registered = {
            person for node, person in person_of.items() if node.split("|")[1] in ("npi", "open_payments_profile")
        }
        for (number,), versions in histories(landing, "veeva_crm", "Account", "Id").items():
            is_deleted = versions[-1]["IsDeleted"] == "true"
            changed = [instant(row["SystemModstamp"]) or row.delivered_at for row in versions]
            ordered = sorted(range(len(versions)), key=lambda place: changed[place])
            for place, version in enumerate(ordered):
                row, since = versions[version], changed[version]
                if place == 0:
                    since = min(instant(row["CreatedDate"]) or datetime.min, since)
                until = changed[ordered[place + 1]] if place + 1 < len(ordered) else datetime.max
                given = [(row[name] or "").strip().lower() for name in ("PersonMailingCountryCode", "Country_vod__c")]
                code = next((names[word] for word in given if word in names), None)
                if code and account(number) in person_of:
                    self.stretches[person_of[account(number)]].append((is_deleted, since, until, code))

    def at(self, person: str, moment: datetime) -> list[str]:
        found = [(dead, code) for dead, since, until, code in self.stretches[person] if since <= moment < until]
        living = sorted({code for dead, code in found if not dead})
        register = ["US"] if person in self.registered else []
        return living or register or sorted({code for _, code in found})


def _moments(
    landing: Path, connection: duckdb.DuckDBPyConnection, person_of: dict[str, str], wanted: Iterable[str]
) -> dict[frozenset[str], datetime]:
    """When two ids became one person: among the ways from one to the other the earliest, on each way the latest step."""
    group = {node: {node} for node in person_of}
    moments: dict[frozenset[str], datetime] = {}
    interesting = set(wanted)
    for moment, one, other in sorted(_steps(landing, connection)):
        if person_of.get(one, one) != person_of.get(other, other) or group[one] is group[other]:
            continue
        for a in group[one]:
            for b in group[other]:
                if a in interesting or b in interesting:
                    moments[frozenset((a, b))] = moment
        union = group[one] | group[other]
        group |= dict.fromkeys(union, union)
    return moments


def _steps(landing: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[datetime, str, str]]:
    for *ends, known_at, rule in connection.execute(EVIDENCE).fetchall():
        if rule not in REPORTED and known_at is not None:
            yield known_at, "|".join(ends[:3]), "|".join(ends[3:])
    for row in deliveries(landing, "privacy", "steward_decisions"):
        if row["decision"] == "same" and (row["system_a"], row["system_b"]) == ("veeva_crm", "veeva_crm"):
            yield instant(row["decided_at"]) or row.delivered_at, account(row["id_a"]), account(row["id_b"])
    for (_,), rows in histories(landing, "veeva_crm", "Account_Merge_History_vod__c", "Id").items():
        row = rows[-1]
        yield instant(row["CreatedDate"]) or row.delivered_at, account(row["Name"]), account(row["Account_vod__c"])
    for row in deliveries(landing, "veeva_crm", "Account"):
        if row["MasterRecordId"]:
            yield row.delivered_at, account(row["Id"]), account(row["MasterRecordId"])
