"""The verdict on a touch in plain Python, one touch and one decision at a time.

Written from the policy, not from the models: it knows no stretches, no joins and no windows. It asks, at an instant, what
each id's last decision on a key was.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

CONTACT_POINT_CHANNELS = {"email", "phone", "message"}
STRICTNESS = ["prohibited", "opt_in_required", "opt_out", "not_applicable"]


@dataclass(frozen=True)
class Decision:
    """One row of the ledger."""

    ledger_id: str
    person: str
    source_id: str
    channel: str
    value: str | None
    purpose: str
    scope_type: str
    scope_id: str | None
    decision: str
    reason: str
    captured_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    known_at: datetime = datetime(2026, 1, 1)
    is_objection: bool = False
    counts_from: datetime | None = None  # of a decision with a date only
    detail_group: str | None = None  # a product's scope may be narrower still
    content_type: str | None = None
    place: str | None = None

    @property
    def effective_at(self) -> datetime:
        counts_from = self.counts_from or self.captured_at
        if self.decision == "opt_in" and self.confirmed_at:
            return max(counts_from, self.confirmed_at)
        return counts_from

    @property
    def is_block(self) -> bool:
        return self.reason in ("bounce", "spam_mark")

    @property
    def key(self) -> tuple[object, ...]:
        scope = (self.scope_type, self.scope_id, self.detail_group, self.content_type, self.place)
        return (self.channel, self.value, self.purpose, *scope)


@dataclass(frozen=True)
class Touch:
    """One touch, as it is judged."""

    touchpoint_id: str
    person: str
    source_id: str
    country: str | None
    channel: str
    consent_channel: str | None
    value: str | None
    purpose: str
    products: tuple[str, ...]
    content_type: str | None
    occurred_at: datetime | None
    business_on: date
    direction: str = "push"
    detail_group: str | None = None
    mailing_list: str | None = None
    is_request: bool = False
    further_countries: tuple[str, ...] = ()  # which may be the person's too: the strictest regime counts


@dataclass(frozen=True)
class World:
    """Everything that a verdict may look at."""

    decisions: tuple[Decision, ...]
    merged_at: dict[frozenset[str], datetime]
    addresses: dict[str, list[tuple[str, datetime | None]]]
    deliveries: dict[str, list[tuple[datetime, datetime]]]  # per address: what a mail proves from, and its first sign
    regimes: list[dict[str, str | None]]


def regime(world: World, country: str | None, channel: str, purpose: str) -> str:
    """Rule 10: the most specific row by country, channel, purpose; unknown is opt-in required."""
    if country is None:
        return "opt_in_required"
    best: list[tuple[tuple[bool, bool, bool, int], str]] = []
    for row in world.regimes:
        if (
            row["country_code"] in (country, "*")
            and row["channel"] in (channel, "any")
            and row["purpose"] in (purpose, "any")
        ):
            found = str(row["regime"])
            rank = (
                row["country_code"] != country,
                row["channel"] != channel,
                row["purpose"] != purpose,
                STRICTNESS.index(found),
            )
            best.append((rank, found))
    return min(best)[1] if best else "opt_in_required"


def counts_for(world: World, decision: Decision, source_id: str) -> bool:
    """Rule 8: a decision counts for the id that made it, and for merged ids if captured after the merge."""
    if decision.source_id == source_id:
        return True
    merged_at = world.merged_at.get(frozenset((decision.source_id, source_id)))
    return merged_at is not None and decision.captured_at > merged_at and not decision.is_block


def last_decision(world: World, source_id: str, key: tuple[object, ...], instant: datetime) -> Decision | None:
    """The own-will decision that rules a key of an id at an instant."""
    rows = [
        row
        for row in world.decisions
        if row.key == key
        and not row.is_block
        and not row.is_objection
        and row.decision != "opt_in_pending"
        and counts_for(world, row, source_id)
        and row.effective_at <= instant
    ]
    if not rows:
        return None
    latest = [row for row in rows if row.effective_at == max(each.effective_at for each in rows)]
    last_of_system: dict[str, Decision] = {}
    for row in sorted(latest, key=lambda each: each.ledger_id):
        last_of_system[row.ledger_id.rsplit("|", 1)[0]] = row
    return min(last_of_system.values(), key=lambda each: (each.decision != "opt_out", each.ledger_id))


def holds(world: World, source_id: str, key: tuple[object, ...]) -> bool:
    """Rule 8: only ids that hold a decision of their own on a key have a say on it."""
    return any(
        row.source_id == source_id
        and row.key == key
        and not (row.is_block or row.is_objection or row.decision == "opt_in_pending")
        for row in world.decisions
    )


def is_open_block(world: World, block: Decision, instant: datetime) -> bool:
    """Rule 6: a bounce ends with a proven delivery or a later own-will opt-in for that value, a spam mark only with the latter."""
    if block.captured_at > instant or block.value is None:
        return False
    ends = [
        row.effective_at
        for row in world.decisions
        if row.decision == "opt_in"
        and row.reason in ("person", "double_opt_in")
        and row.channel == block.channel
        and row.value == block.value
        and counts_for(world, row, block.source_id)
        and row.purpose != "tracking"
    ]
    if block.reason == "bounce":
        # A late look at a mail that had been sent before proves nothing.
        signs = world.deliveries.get(block.value, [])
        ends += [seen_at for proves_from, seen_at in signs if proves_from > block.captured_at]
    return not any(block.captured_at < end <= instant for end in ends)


def values_covered(world: World, row: Decision) -> set[str | None]:
    """Rule 7: a grant without value covers what was known to belong to its id at capture."""
    if row.value is not None or row.channel not in CONTACT_POINT_CHANNELS:
        return {row.value}
    known = world.addresses.get(row.source_id, []) if row.channel == "email" else []
    return {address for address, since in known if since is None or since <= row.captured_at}


def contains(row: Decision, touch: Touch) -> bool:
    """Rule 5: whether the decision's scope contains the touch; no touch shows its place, so a refusal there may (CNS-16)."""
    subjects = {
        "global": [None], "product": touch.products, "content_type": [touch.content_type],
        "detail_group": [touch.detail_group], "list": [touch.mailing_list],
    }  # fmt: skip
    return (
        row.scope_id in subjects[row.scope_type]
        and (row.scope_type == "global" or row.scope_id is not None)
        and row.detail_group in (None, touch.detail_group)
        and row.content_type in (None, touch.content_type)
        and (row.place is None or row.decision == "opt_out")
    )


def verdict(world: World, touch: Touch) -> tuple[str, str]:
    """Regime and reason; the reason says whether it is permitted."""
    asked_for = touch.consent_channel is None or touch.direction == "pull" or touch.is_request
    countries = [touch.country, *touch.further_countries]
    channel, purpose = str(touch.consent_channel), touch.purpose
    found = min((regime(world, each, channel, purpose) for each in countries), key=STRICTNESS.index)
    if asked_for and touch.channel != "cme":
        found = "not_applicable"
    return found, next(reason for applies, reason in _steps(world, touch, found) if applies)


def _steps(world: World, touch: Touch, found: str) -> Iterator[tuple[bool, str]]:
    ids = {row.source_id for row in world.decisions if row.person == touch.person} | {touch.source_id}
    moments = instants(world, touch)
    yield found == "not_applicable", "not_applicable"
    yield found == "prohibited", "regime_prohibited"
    yield any(_is_objected(world, touch, moment) for moment in moments), "own_will"
    refused = any(_is_refused(world, touch, each, moment, alone=False) for each in ids for moment in moments)
    yield refused and _permits(world, touch, {touch.source_id}, found), "merge_conflict"
    yield refused, "own_will"
    blocks = {row.reason for row in _open_blocks(world, touch, ids)}
    yield "spam_mark" in blocks, "spam_mark"
    yield "bounce" in blocks, "bounce"
    yield _is_granted(world, touch, ids, alone=False), "granted"
    yield found == "opt_out", "no_refusal"
    yield touch.consent_channel == "any" and touch.purpose != "education_share", "unknown_channel"
    yield touch.country is None, "unknown_country"
    yield touch.value is None and touch.consent_channel in CONTACT_POINT_CHANNELS, "no_channel_value"
    yield any(_is_pending(row, moments[0]) for row in _about(world, touch, ids)), "pending"
    yield True, "no_record"


def instants(world: World, touch: Touch) -> list[datetime]:
    """The instant of the touch; for a date-only touch every moment of that day at which anything can change."""
    if touch.occurred_at is not None:
        return [touch.occurred_at]
    start = datetime.combine(touch.business_on, datetime.min.time())
    moments: Iterable[datetime | None] = [
        moment for row in world.decisions for moment in (row.captured_at, row.effective_at, row.ended_at)
    ]
    return [start, *sorted({each for each in moments if each and start < each < start + timedelta(days=1)})]


def _about(world: World, touch: Touch, ids: set[str]) -> list[Decision]:
    return [
        row
        for row in world.decisions
        if row.source_id in ids
        and row.channel == touch.consent_channel
        and row.purpose == touch.purpose
        and row.value in (None, touch.value)
        and contains(row, touch)
        and not row.is_objection
    ]


def _is_objected(world: World, touch: Touch, instant: datetime) -> bool:
    return any(
        row.is_objection
        and row.person == touch.person
        and row.purpose == touch.purpose
        and row.effective_at <= instant
        and (row.ended_at is None or instant < row.ended_at)
        for row in world.decisions
    )


def _is_refused(world: World, touch: Touch, source_id: str, instant: datetime, *, alone: bool = True) -> bool:
    for row in world.decisions:
        about = (
            row.person == touch.person
            and row.channel == touch.consent_channel
            and row.purpose == touch.purpose
            and (row.value is None or row.value == touch.value or touch.value is None)
            and contains(row, touch)
            and not row.is_objection
        )
        if about:
            last = last_decision(world, source_id, row.key, instant)
            if last is not None and last.decision == "opt_out" and (alone or holds(world, source_id, row.key)):
                return True
    return False


def _open_blocks(world: World, touch: Touch, ids: set[str]) -> list[Decision]:
    return [
        row
        for row in world.decisions
        if row.is_block
        and row.source_id in ids
        and row.channel == touch.consent_channel
        and row.value == touch.value
        and any(is_open_block(world, row, instant) for instant in instants(world, touch))
    ]


def _is_granted(world: World, touch: Touch, ids: set[str], *, alone: bool = True) -> bool:
    start = instants(world, touch)[0]
    granted: list[Decision] = []
    for source_id in ids:
        for key in {row.key for row in world.decisions if row.person == touch.person and not row.is_block}:
            last = last_decision(world, source_id, key, start)
            if (
                last is not None
                and (alone or holds(world, source_id, key))
                and last.decision == "opt_in"
                and last.channel == touch.consent_channel
                and last.purpose == touch.purpose
                and touch.value in values_covered(world, last)
                and contains(last, touch)
            ):
                granted.append(last)
    products = {row.scope_id for row in granted if row.scope_type == "product"}
    whole = any(row.scope_type != "product" for row in granted)
    return whole or (bool(touch.products) and products >= set(touch.products))


def _permits(world: World, touch: Touch, ids: set[str], found: str) -> bool:
    refused = any(_is_refused(world, touch, each, instant) for each in ids for instant in instants(world, touch))
    return (
        not refused and not _open_blocks(world, touch, ids) and (found == "opt_out" or _is_granted(world, touch, ids))
    )


def _is_pending(row: Decision, instant: datetime) -> bool:
    if row.decision == "opt_in_pending":
        return row.captured_at <= instant
    return row.decision == "opt_in" and row.captured_at <= instant < row.effective_at


Key = tuple[str, str | None, str, str, str]  # channel, address, purpose, scope type, scope


def published_key(row: Decision, value: str | None) -> Key:
    """The key under which a decision is published, for one of the addresses that it covers."""
    return (
        row.channel,
        value,
        row.purpose,
        row.scope_type,
        "|".join(filter(None, (row.scope_id, row.detail_group, row.content_type))),
    )


def published_status(world: World, person: str, key: Key, instant: datetime) -> str | None:
    """Ruling 38: of the states in effect on a key, over all ids of a person, the least permissive."""
    rows = [row for row in world.decisions if row.person == person and row.place is None]
    found: set[str] = set()
    for row in rows:
        if row.is_block and published_key(row, row.value) == key and is_open_block(world, row, instant):
            found.add("blocked")
        if row.is_objection and published_key(row, row.value) == key and row.effective_at <= instant:
            found |= {"refused"} if row.ended_at is None or instant < row.ended_at else set()
        if (
            not row.is_block
            and not row.is_objection
            and published_key(row, row.value) == key
            and _is_pending(row, instant)
        ):
            found.add("pending")
    for source_id in {each for row in rows for each in _holders(world, row)}:
        for full_key in {row.key for row in rows if not row.is_block and not row.is_objection}:
            last = last_decision(world, source_id, full_key, instant)
            if last is not None and last.person == person and holds(world, source_id, full_key):
                values = values_covered(world, last) if last.decision == "opt_in" else {last.value}
                if any(published_key(last, value) == key for value in values - _nothing(last)):
                    found.add("granted" if last.decision == "opt_in" else "refused")
    return min(found, key=["refused", "blocked", "granted", "pending"].index, default=None)


def _holders(world: World, row: Decision) -> set[str]:
    return {row.source_id} | {other for pair in world.merged_at if row.source_id in pair for other in pair}


def _nothing(row: Decision) -> set[str | None]:
    """A grant without an address is none for the address that nobody knows."""
    return {None} if row.decision == "opt_in" and row.channel in CONTACT_POINT_CHANNELS else set()
