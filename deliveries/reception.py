"""The way of a delivery from landing to raw. Reads landing, writes `raw/`; knows neither dbt nor what the rows mean.

Order of writes: rows first, ledger second. Whatever dies in between, the next run finds a delivery that is not in the
ledger and parses it again, and raw files that the ledger does not know are removed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deliveries import csv_reader, json_reader, raw, rotations, sections_reader
from deliveries.encodings import clean, sha256
from deliveries.errors import DeliveryRefused, NameUnreadable, ReceptionFailed
from deliveries.extracts import judge
from deliveries.landing import Arrival, arrivals, read_name
from deliveries.ledger import APPLIED, IGNORED, PARSED, REFUSED, REFUSED_CHANGED, REFUSED_SUSPICIOUS_FULL, Entry, Ledger
from deliveries.registry import FORMATS, Overrides, Registry, VendorObject, load_overrides
from deliveries.storage import Workshop, value_free, workshop
from deliveries.tombstones import load as load_tombstones
from deliveries.tombstones import make_memory
from orchestration.durable import put

Progress = Callable[[str, str, str], None]
READERS = {
    "csv": csv_reader.read, "json": json_reader.read, "jsonl": json_reader.read, "sections": sections_reader.read,
}  # fmt: skip


TELLING = re.compile(r"@|%40|\d{9}")


@dataclass(frozen=True)
class Refusal:
    """A delivery that was not applied, and why. Safe to show: no cell's value is in it."""

    system: str
    object: str
    delivery: str
    status: str
    reason: str

    def __str__(self) -> str:
        return f"{self.system}/{self.object}/{self.delivery}: {self.reason}"


@dataclass
class Receipt:
    """What is known after a reception: all deliveries ever seen, and what this run did."""

    rows_read: dict[tuple[str, str], int] = field(default_factory=dict)  # per (system, object), applied deliveries
    deliveries: dict[tuple[str, str], int] = field(default_factory=dict)  # per (system, object), applied
    refusals: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # system/object/delivery in folders that no registry knows
    unknown_columns: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # drift, per (system, object)
    parsed: int = 0  # deliveries parsed by this run


def receive(
    landing: Path,
    home: Path,
    registry: Registry,
    overrides: Overrides | None = None,
    progress: Progress | None = None,
) -> Receipt:
    """Parse what is new in the landing folder into `<home>/raw`. Doing it again changes nothing.

    `overrides` is the operator's `feeds.yml`; left out, it is read from the home. The caller holds the writer's lock.
    """
    registry = registry.overridden(load_overrides(home) if overrides is None else overrides)
    with _machine_failures(), workshop(home / "raw" / ".workshop") as place_of_work:
        desk = _Desk(home, place_of_work, Ledger(home), progress or (lambda *_: None))
        registered: dict[tuple[str, str], list[Arrival]] = {(o.system, o.name): [] for o in registry.objects}
        for arrival in arrivals(landing):
            place = (arrival.system, arrival.object)
            if place in registered:
                registered[place].append(arrival)
            else:
                desk.ignore(arrival)
        for o in registry.objects:
            desk.receive(o, registered[o.system, o.name])
        make_memory(home, place_of_work.scratch)
        desk.ledger.save(place_of_work.scratch)
        rotations.ensure(home)
        return _receipt(desk.ledger, desk.parsed)


@contextmanager
def _machine_failures() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReceptionFailed(f"{error.strerror or type(error).__name__}: {error.filename or 'raw files'}") from None


def _shown(name: str, digest: str | None) -> str:
    """The name of a file or folder that follows no rule, unless it is an address or a number that could be somebody's: then the
    beginning of the hash of the file's bytes."""
    return f"unreadable name {(digest or '')[:12]}" if TELLING.search(name) else name


class _Desk:
    """One reception at work."""

    def __init__(self, home: Path, workshop: Workshop, ledger: Ledger, progress: Progress) -> None:
        self.home, self.workshop, self.ledger, self.progress = home, workshop, ledger, progress
        self.parsed = 0
        self.tombstones = load_tombstones(home, workshop.connection)

    def ignore(self, arrival: Arrival) -> None:
        try:
            digest, reason = sha256(arrival.path), "no object is registered for this folder"
        except DeliveryRefused as refused:
            digest, reason = None, str(refused)
        size = arrival.path.stat().st_size
        system, name, delivery = (_shown(text, digest) for text in (arrival.system, arrival.object, arrival.delivery))
        self.ledger.put(Entry(system, name, delivery, digest, size, IGNORED, reason))

    def receive(self, o: VendorObject, arrived: list[Arrival]) -> None:
        before = self.parsed
        for arrival in arrived:
            self._take(o, arrival)
        entries = self.ledger.of(o.system, o.name)
        if any(entry.is_full for entry in entries):
            with value_free():
                judge(self.workshop, o, entries, lambda entry: self._rows_of(o, entry))
        self._put_in_place(o, entries)
        raw.write_columns(self.workshop, self.home, o)
        if self.parsed > before:
            self.ledger.save(self.workshop.scratch)

    def _take(self, o: VendorObject, arrival: Arrival) -> None:
        """Decide on one file by its name and bytes (rulings 1 and 2), and parse it if it is new."""
        known = self.ledger.get(o.system, o.name, arrival.delivery)
        entry = Entry(
            o.system, o.name, arrival.delivery, None, arrival.path.stat().st_size, REFUSED, fingerprint=o.fingerprint
        )
        try:
            entry.sha256 = sha256(arrival.path)
            if known and known.status == APPLIED and known.sha256 != entry.sha256:
                entry.status, entry.status_reason = REFUSED_CHANGED, "other bytes under a name that is already applied"
                entry.delivered_at, entry.is_full, entry.is_deletes = (
                    known.delivered_at,
                    known.is_full,
                    known.is_deletes,
                )
                self.ledger.put(entry)
                return
            if (
                known
                and (known.sha256, known.fingerprint) == (entry.sha256, entry.fingerprint)
                and self._is_settled(o, known)
            ):
                return
            self._parse(o, arrival, entry)
        except NameUnreadable as unreadable:
            entry.delivery, entry.status_reason = _shown(arrival.delivery, entry.sha256), str(unreadable)
        except DeliveryRefused as refused:
            entry.status_reason = str(refused)
        self.ledger.put(entry)

    def _is_settled(self, o: VendorObject, known: Entry) -> bool:
        return known.status == REFUSED or (known.status in PARSED and self._rows_of(o, known).exists())

    def _parse(self, o: VendorObject, arrival: Arrival, entry: Entry) -> None:
        self.progress(o.system, o.name, arrival.delivery)
        self.parsed += 1
        name = read_name(arrival.delivery)
        entry.delivered_at, entry.is_deletes = name.instant, name.is_deletes
        entry.is_full = name.is_full and not o.windowed  # a window of time is never a full extract (GEN-10)
        if name.ending not in FORMATS[o.format]:
            raise DeliveryRefused(f"the file name must end in .{FORMATS[o.format][0]}")
        text = clean(arrival.path, is_gzipped=name.is_gzipped, encoding=o.encoding, scratch=self.workshop.scratch)
        target = raw.path_of(self.home, o, arrival.delivery)
        with value_free():
            parsed = READERS[o.format](text, o, self.workshop, is_deletes=name.is_deletes)
            entry.rows_read = raw.write(self.workshop, parsed, o, target, name.instant, tombstones=self.tombstones)
        raw.path_of(self.home, o, arrival.delivery, aside=True).unlink(missing_ok=True)
        entry.unknown_columns = ";".join(parsed.unknown) or None
        entry.columns = ";".join(filter(None, parsed.names))
        entry.status = APPLIED
        if name.is_full and o.windowed:
            entry.status_reason = "taken as an increment: the feed shows a window of time, so absence deletes nothing"

    def _rows_of(self, o: VendorObject, entry: Entry) -> Path:
        here, aside = (raw.path_of(self.home, o, entry.delivery, aside=aside) for aside in (False, True))
        return here if here.exists() or not aside.exists() else aside

    def _put_in_place(self, o: VendorObject, entries: list[Entry]) -> None:
        """Rows of believed deliveries where dbt reads them, those of held-back extracts aside, nothing else."""
        right = {raw.path_of(self.home, o, "x").with_name("columns.parquet")}
        for entry in entries:
            place = raw.path_of(self.home, o, entry.delivery, aside=entry.status == REFUSED_SUSPICIOUS_FULL)
            present = self._rows_of(o, entry)
            if present != place:
                put(present, place)
            if entry.is_full:
                entry.rows_read = raw.count(self.workshop, place) if entry.status == APPLIED else 0
            right.add(place)
        folder = raw.path_of(self.home, o, "x").parent
        for stray in {*folder.glob("*.parquet"), *folder.glob(f"{raw.ASIDE}/*.parquet")} - right:
            stray.unlink()


def _receipt(ledger: Ledger, parsed: int) -> Receipt:
    receipt = Receipt(parsed=parsed)
    for entry in ledger:
        place = (entry.system, entry.object)
        if entry.status == IGNORED:
            receipt.ignored.append("/".join(filter(None, (*place, entry.delivery))))
        elif entry.status == APPLIED:
            receipt.rows_read[place] = receipt.rows_read.get(place, 0) + entry.rows_read
            receipt.deliveries[place] = receipt.deliveries.get(place, 0) + 1
            found = set(receipt.unknown_columns.get(place, ())) | set(
                filter(None, (entry.unknown_columns or "").split(";"))
            )
            if found:
                receipt.unknown_columns[place] = tuple(sorted(found))
        else:
            receipt.refusals.append(Refusal(*place, entry.delivery, entry.status, entry.status_reason or ""))
    return receipt
