"""Removal of people from landing, raw, quarantine and the ledger. Tombstones come first, so that what is left of a killed
erasure is found again by the next.

Every row is tested against the tombstones, and every other cell for the people's strings: nothing depends on what an
earlier, unfinished erasure did or did not do.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deliveries import raw
from deliveries.encodings import sha256
from deliveries.errors import DeliveryRefused
from deliveries.extracts import judge
from deliveries.landing import Arrival, arrivals
from deliveries.ledger import APPLIED, PARSED, REFUSED_CHANGED, Entry, Ledger
from deliveries.registry import Registry, VendorObject, load_overrides
from deliveries.storage import Workshop, identifier, literal, value_free, workshop
from deliveries.tombstones import ERASED, OWNERS, WHOLE, Tombstones, load, sieve_of
from erasure.landing import CannotBeCut, Rewriter
from erasure.people import Person
from erasure.records import Cuts
from erasure.scan import MARK, Needles
from erasure.tombstones import bury, remember_guarded
from erasure.traces import ADDRESS, Tracer, files_of, rows_of
from erasure.warehouse import known_people
from orchestration.durable import put
from orchestration.settings import Settings

Progress = Callable[[str, str], None]  # (stage, what it is at)
Cutting = dict[str, Cuts]  # per delivery
Places = Mapping[tuple[str, str], set[tuple[str, int]]]  # (system, object) -> (delivery, row)


def purge(settings: Settings, registry: Registry, people: Iterable[Person], progress: Progress) -> Counter[str]:
    """Write tombstones, then remove the people from landing, raw and quarantine; doing it again changes nothing.

    Returns rows removed or emptied per place: `landing`, `raw`, `quarantine`, and `landing_files` removed whole.
    """
    gone = list(people)
    registry = registry.overridden(load_overrides(settings.home))
    if gone:
        progress("erasure", "tombstones")
        _bury(settings, registry, gone)
    return sweep(
        settings, registry, settings.home, progress, strings={text for person in gone for text in person.strings}
    )


def sweep(
    settings: Settings,
    registry: Registry,
    graves: Path,
    progress: Progress,
    *,
    strings: Iterable[str] = (),
    further: Places | None = None,
) -> Counter[str]:
    """Remove what the tombstones below `graves` know, cells that hold one of the strings, and the rows at further places."""
    with workshop(settings.home / "raw" / ".erasing") as place:
        tombstones = load(graves, place.connection)
        purging = _Purging(settings, place, tombstones, Needles(strings), further or {})
        purging.learn_forgotten(registry)
        arrived: dict[tuple[str, str], list[Arrival]] = {}
        for arrival in arrivals(settings.landing):
            arrived.setdefault((arrival.system, arrival.object), []).append(arrival)
        for o in registry.objects:
            progress("erasure", f"{o.system}/{o.name}")
            purging.purge(o, arrived.pop((o.system, o.name), []))
        purging.search(settings.landing, {arrival.path for each in arrived.values() for arrival in each})
        return purging.removed


def _bury(settings: Settings, registry: Registry, people: list[Person]) -> None:
    with known_people(settings, registry) as known:
        own = {mark for person in people for mark in known.all_marks(person.ids)}
        known.leave(own)
        trace = Tracer(known.connection, settings.home, registry).trace(own)
        shown = {mark for row in trace.rows.values() if row.is_about for mark in row.people}
        remember_guarded(settings.home, {mark for mark in shown - own if known.is_guarded(mark)})
        nameless = [person for person in people if not any(kind in OWNERS for _, kind, _ in person.ids)]
        addresses = {m for person in nameless for m in known.all_marks(person.ids) if m.startswith(ADDRESS)}
        bury(settings.home, trace.marks | {WHOLE + mark for mark in addresses})


@dataclass
class _Purging:
    """One purge at work."""

    settings: Settings
    place: Workshop
    tombstones: Tombstones | None  # none: nobody was ever erased, and only vendors' own signals count
    needles: Needles
    further: Places  # of raw: a file of landing with other bytes has other rows at them
    removed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.home, self.ledger = self.settings.home, Ledger(self.settings.home)
        self.rewriter = Rewriter(self.place, self.needles)

    def learn_forgotten(self, registry: Registry) -> None:
        """Make the table `forgotten_ids`: whom a vendor has forgotten, whatever came of them before (WEB-20, ruling 47)."""
        connection = self.place.connection
        connection.execute("create or replace temp table forgotten_ids (system text, id text)")
        for o in registry.objects:
            if o.forgotten and (files := files_of(self.home, o)):
                said = f"select {identifier(o.forgotten['id'])} from ({rows_of(connection, o, files)}) where {_says_forgotten(o)}"
                connection.execute(f"insert into forgotten_ids select distinct {literal(o.system)}, * from ({said})")

    def purge(self, o: VendorObject, arrived: list[Arrival]) -> None:
        """One object: its files in landing, its rows in raw, what of it waits in quarantine."""
        files = files_of(self.home, o)
        with value_free():
            further = self.further.get((o.system, o.name), set())
            cutting = self._cutting(o, rows_of(self.place.connection, o, files), further) if files else {}
        for arrival in arrived:
            self._landing(o, arrival, cutting.get(arrival.delivery, Cuts()))
        for file in files:
            cuts = cutting.get(file.name.removesuffix(".parquet"))
            if cuts:
                self._raw(o, file, file, cuts)
                self.removed["raw"] += len(cuts.records) + len(cuts.cells)
        self._quarantine(o)
        is_changed = bool(cutting)
        entries = self.ledger.of(o.system, o.name)
        for entry in entries:
            file = raw.path_of(self.home, o, entry.delivery)
            if entry.status == APPLIED and file.exists():
                rows, entry.rows_read = entry.rows_read, raw.count(self.place, file)
                is_changed = is_changed or rows != entry.rows_read
        if is_changed:  # a killed erasure may have left counts of rows that are gone
            judge(self.place, o, entries, lambda entry: raw.path_of(self.home, o, entry.delivery), weigh=False)
            self.ledger.save(self.place.scratch)

    def search(self, landing: Path, unknown: set[Path]) -> None:
        """Files of no registered folder, and those that are still being written: one that holds a string goes whole."""
        known = {arrival.path for arrival in arrivals(landing)} - unknown
        for path in sorted(path for path in landing.rglob("*") if path.is_file() and not path.is_symlink()):
            if path not in known and self.rewriter.holds_string(path):
                path.unlink()
                self.removed["landing_files"] += 1

    def _cutting(self, o: VendorObject, rows: str, further: Iterable[tuple[str, int]] = ()) -> Cutting:
        """What is to go from some rows of an object: by the tombstones, by the strings in any cell, and further ones."""
        connection = self.place.connection
        found: Cutting = {}
        connection.execute(f"create or replace temp view purged as {rows}")

        def cuts(delivery: str) -> Cuts:
            return found.setdefault(delivery, Cuts())

        is_erased = f"_reason is not distinct from {literal(ERASED)}"
        emptied: Mapping[str, str] = {}
        if self.tombstones and self.tombstones.learn("from purged", [o]):
            sieve = sieve_of(o)
            connection.execute(f"create or replace temp table marked_rows as {sieve.marked(rows)}")
            connection.execute("create or replace temp view purged as from marked_rows")  # asked once for each column
            is_erased, emptied = f"({is_erased} or {sieve.erased})", sieve.emptied
        forgotten = _forgotten_cells(o)
        for delivery, row in connection.execute(f"select _delivery, _row from purged where {is_erased}").fetchall():
            cuts(delivery).records.add(row)
        for delivery, row in further:
            cuts(delivery).records.add(row)
        held = [row[0] for row in connection.execute("describe purged").fetchall() if row[1] == "VARCHAR"]
        held = [name for name in held if name not in raw.LINEAGE or name == "_line"]
        strings = self._strings_in(held)
        for name in held:
            conditions = [condition[name] for condition in (emptied, forgotten) if name in condition]
            texts = self._strings_in([name]) if strings else []
            conditions += [f"contains(lower({identifier(name)}), {literal(text)})" for text in texts]
            if conditions:
                query = f"select _delivery, _row from purged where {identifier(name)} is not null and ({' or '.join(conditions)})"
                for delivery, row in connection.execute(query).fetchall():
                    if name in o.key:
                        cuts(delivery).records.add(row)
                    elif row not in cuts(delivery).records:
                        cuts(delivery).cells.setdefault(row, set()).add(name)
        for each in found.values():
            each.cells = {row: cells for row, cells in each.cells.items() if row not in each.records}
        return {delivery: each for delivery, each in found.items() if each.records or each.cells}

    def _strings_in(self, columns: list[str]) -> list[str]:
        cells = ", ".join(map(identifier, columns))
        query = f"select distinct lower(text) || chr(10) from (select unnest([{cells}]) as text from purged) where length(text) >= {MARK}"
        found: set[bytes] = set()
        for batch in self.place.connection.execute(query).fetch_record_batch(1 << 18):
            found |= self.needles.found_in(bytes(batch.column(0).buffers()[-1] or b""))
        return sorted({spelling.decode().lower() for spelling in found if _is_text(spelling)})

    def _landing(self, o: VendorObject, arrival: Arrival, cuts: Cuts) -> None:
        """One file of landing: its records as raw has them, or as they are parsed anew where raw is not of these bytes."""
        try:
            digest = sha256(arrival.path)
        except DeliveryRefused:
            return
        entry = self.ledger.get(o.system, o.name, arrival.delivery)
        is_ours = entry is not None and entry.sha256 == digest
        try:
            if entry is None or not is_ours or entry.status not in PARSED:
                _, parsed = self.rewriter.parsed(o, arrival)
                probe = self.place.scratch / f"{arrival.delivery}.parquet"
                raw.write(self.place, parsed, o, probe, self.rewriter.instant(arrival))
                with value_free():
                    cuts = self._cutting(o, rows_of(self.place.connection, o, [probe])).get(arrival.delivery, Cuts())
            finished = self.rewriter.rewritten(o, arrival, cuts)
        except CannotBeCut:
            self._remove(arrival)
            return
        except DeliveryRefused:
            if self.rewriter.holds_string(arrival.path):
                self._remove(arrival)
            return
        if finished is None or sha256(finished) == digest:
            return
        self.removed["landing"] += len(cuts.records) + len(cuts.cells)
        finished.chmod(arrival.path.stat().st_mode & 0o777)
        self._note(o, arrival, entry, is_ours, finished)
        _in_place(finished, arrival.path)

    def _remove(self, arrival: Arrival) -> None:
        arrival.path.unlink()
        self.removed["landing_files"] += 1

    def _note(self, o: VendorObject, arrival: Arrival, entry: Entry | None, is_ours: bool, finished: Path) -> None:
        """The ledger learns the bytes before they are there: a file that has them is then known, and one that has not is
        not parsed."""
        changed = [
            e
            for e in self.ledger
            if (e.system, e.object, e.delivery, e.status) == (o.system, o.name, arrival.delivery, REFUSED_CHANGED)
        ]
        for each in [entry] if entry and is_ours else changed:
            each.sha256, each.bytes = sha256(finished), finished.stat().st_size
        self.ledger.save(self.place.scratch)

    def _raw(self, o: VendorObject, source: Path, target: Path, cuts: Cuts) -> None:
        """A Parquet file without what is to go; the hash of a row is that of what is left of it."""
        connection = self.place.connection
        connection.execute(
            "create or replace temp table cut_records as select unnest($rows::bigint[]) as row",
            {"rows": sorted(cuts.records)},
        )
        file = f"read_parquet({literal(source)})"
        columns = [row[0] for row in connection.execute(f"describe select * from {file}").fetchall()]
        vendor = [name for name in columns if name not in (*raw.LINEAGE, "reason_code", "column_names")]
        cells: dict[str, list[int]] = {}
        for row, names in cuts.cells.items():
            for name in names & set(columns):
                cells.setdefault(name, []).append(row)
        emptied = [
            f"case when _row not in ({_numbers(rows)}) then {identifier(n)} end as {identifier(n)}"
            for n, rows in cells.items()
        ]
        content = f"to_hex(hash(concat_ws(chr(31), {raw.content_of(vendor)})))"
        is_touched = f"_row in ({_numbers(list(cuts.cells))}) and _reason is null"
        hashed = f"case when {is_touched} then {content} else _hash end as _hash"
        kept = f"from {file} where _row not in (select row from cut_records)"
        query = f"select * {kept}"
        if emptied:
            query = f"select * replace ({hashed}) from (select * replace ({', '.join(emptied)}) {kept})"
        finished = self.place.scratch / "raw.parquet"
        connection.execute(f"copy ({query}) to {literal(finished)} (format parquet)")
        put(finished, target)

    def _quarantine(self, o: VendorObject) -> None:
        """What waits in quarantine is a copy of raw rows, of many deliveries in one file."""
        file = self.home / "quarantine" / o.system / o.name / "rows.parquet"
        if not file.exists():
            return
        further = self.further.get((o.system, o.name), set())
        if further:
            query = f"select _delivery, _row from read_parquet({literal(file)})"
            further = further & set(self.place.connection.execute(query).fetchall())
        with value_free():
            cutting = self._cutting(o, rows_of(self.place.connection, o, [file]), further)
        if not cutting:
            return
        places = [(delivery, row) for delivery, cuts in cutting.items() for row in (*cuts.records, *cuts.cells)]
        self.place.connection.execute("create or replace temp table cut_places (delivery text, row bigint)")
        self.place.connection.executemany("insert into cut_places values (?, ?)", places)
        finished = self.place.scratch / "rows.parquet"
        self.place.connection.execute(
            f"copy (select * from read_parquet({literal(file)}) as held anti join cut_places"
            f" on held._delivery = cut_places.delivery and held._row = cut_places.row) to {literal(finished)} (format parquet)"
        )
        put(finished, file)
        self.removed["quarantine"] += len(places)


def _says_forgotten(o: VendorObject) -> str:
    text = f"lower(trim({identifier(o.forgotten['column'])}))"
    return f"(coalesce({text} like {literal('%' + o.forgotten['ending'])} and {text} not like '%@%', false))"


def _forgotten_cells(o: VendorObject) -> dict[str, str]:
    """When a cell of a row is to be empty because its id was forgotten later: what names a person. The visit stays, nobody's."""
    if not o.forgotten:
        return {}
    known = f"(select id from forgotten_ids where system = {literal(o.system)})"
    is_theirs = f"({identifier(o.forgotten['id'])} in {known} and not {_says_forgotten(o)})"
    # Lists of answers stay: their instants date the visit, and what was written in them never leaves raw.
    return {c.name: is_theirs for c in o.loaded if c.identifier is True and c.type != "json" and c.name not in o.key}


def _in_place(finished: Path, target: Path) -> None:
    """Replace a file of landing in one step; landing may lie on another disk than the home."""
    beside = target.with_name(f".{target.name}.tmp")
    shutil.copy(finished, beside)
    put(beside, target)


def _numbers(rows: list[int]) -> str:
    return ", ".join(map(str, sorted(rows))) or "-1"


def _is_text(spelling: bytes) -> bool:
    try:
        return "\0" not in spelling.decode()
    except UnicodeDecodeError:
        return False
