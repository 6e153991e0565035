"""A small profile of each applied delivery, taken once: what each column holds, in counts, so that no later run reads it again.

Counts only, never a value. What is unusual about them is for the rules in `expectations/deliveries` to say.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from deliveries import raw
from deliveries.ledger import APPLIED, Entry, Ledger
from deliveries.registry import Column, Overrides, Registry, VendorObject, load_overrides
from deliveries.storage import Workshop, identifier, literal, value_free, workshop
from orchestration.durable import put

SCHEMA = pa.schema(
    [
        ("system", pa.string()),
        ("object", pa.string()),
        ("delivery", pa.string()),
        ("settings", pa.string()),  # the bytes and declarations that the counts follow from
        ("column_name", pa.string()),
        ("is_registered", pa.bool_()),
        ("is_present", pa.bool_()),  # the file had the column, however empty
        ("filled", pa.int64()),
        ("unseen", pa.int64()),  # values outside the closed list
        ("ahead", pa.int64()),  # dates more than a day after the extract
        ("is_event_time", pa.bool_()),
        ("opt_outs", pa.int64()),  # rows that say no, counted at one column
    ]
)
COUNTS = ("filled", "unseen", "ahead", "opt_outs")
ALL_ROWS = "all"  # of `opt_outs`: the object holds nothing else
FILES_AT_ONCE = 200


def path_of(home: Path) -> Path:
    """Where the profiles of a home lie."""
    return home / "raw" / "rapport" / "profiles" / "profiles.parquet"


def take(home: Path, registry: Registry, overrides: Overrides | None = None) -> int:
    """Profile what has none yet, forget what is gone; returns how many deliveries were looked at."""
    registry = registry.overridden(load_overrides(home) if overrides is None else overrides)
    known: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for row in pq.read_table(path_of(home)).to_pylist() if path_of(home).exists() else ():
        known.setdefault((row["system"], row["object"], row["delivery"], row["settings"]), []).append(row)
    ledger, taken = Ledger(home), 0
    kept: list[dict[str, Any]] = []
    with workshop(home / "raw" / ".profiling") as place:
        for o in registry.objects:
            new = []
            for entry in ledger.of(o.system, o.name):
                if entry.status == APPLIED:
                    rows = known.get((o.system, o.name, entry.delivery, _settings(o, entry)))
                    kept.extend(rows or ())
                    new.extend([] if rows else [entry])
            for start in range(0, len(new), FILES_AT_ONCE):
                with value_free():
                    kept.extend(_profiled(place, home, o, new[start : start + FILES_AT_ONCE]))
            taken += len(new)
        if taken or len(kept) != sum(map(len, known.values())) or not path_of(home).exists():
            finished = place.scratch / "profiles.parquet"
            pq.write_table(pa.Table.from_pylist(kept, schema=SCHEMA), finished)
            put(finished, path_of(home))
    return taken


def _settings(o: VendorObject, entry: Entry) -> str:
    declared = [(c.name, c.type, c.values) for c in o.loaded]
    facts = (
        entry.sha256,
        entry.fingerprint,
        entry.columns,
        declared,
        sorted(o.future.items()),
        repr((o.opt_outs, o.value_endings)),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _profiled(place: Workshop, home: Path, o: VendorObject, entries: list[Entry]) -> Iterable[dict[str, Any]]:
    """One pass over the files: a row per delivery, which is then laid out as a row per delivery and column."""
    files = ", ".join(literal(raw.path_of(home, o, entry.delivery)) for entry in entries)
    source = f"read_parquet([{files}], union_by_name = true)"
    held = [row[0] for row in place.connection.execute(f"describe select * from {source}").fetchall()]
    registered = {column.name: column for column in o.loaded}
    names = [name for name in held if name not in raw.LINEAGE]
    counts = [count for name in names for count in _counts(o, name, registered.get(name))]
    counted = place.connection.execute(f"select _delivery, {', '.join(counts)} from {source} group by 1").fetchall()
    by_delivery = {row[0]: row[1:] for row in counted}
    for entry in entries:
        had = set((entry.columns or "").split(";"))
        is_told = o.format == "csv" and entry.columns is not None  # JSON leaves keys out as others leave cells empty
        found = by_delivery.get(entry.delivery, (0,) * len(counts))
        for number, name in enumerate(names):
            values = dict(zip(COUNTS, found[number * len(COUNTS) :], strict=False))
            is_present = name in had or (name in registered and not is_told)
            if is_present or name in registered:
                yield {
                    "system": o.system, "object": o.name, "delivery": entry.delivery, "settings": _settings(o, entry),
                    "column_name": name, "is_registered": name in registered, "is_present": is_present,
                    "is_event_time": name == o.future.get("column"), **values,
                }  # fmt: skip


def _counts(o: VendorObject, name: str, column: Column | None) -> list[str]:
    value = identifier(name)
    unseen = (
        f"{value} not in ({', '.join(map(literal, o.spellings(column.values)))})" if column and column.values else ""
    )
    unseen = "" if name == "RecordTypeId" else unseen  # an id that another object resolves (ruling 12)
    ahead = _is_ahead(o, name, column) if column else ""
    return [f"count({value})", *(f"count(*) filter ({c})" if c else "0" for c in (unseen, ahead, _opt_outs(o, name)))]


def _is_ahead(o: VendorObject, name: str, column: Column) -> str:
    """A day of grace covers every time zone; what is planned or expires may lie ahead, which its own history shows."""
    value = identifier(name)
    if column.type not in ("date", "date_us", "timestamp"):
        return ""
    parsed = f"try_cast(left({value}, 10) as date)"
    if column.type == "date_us":
        parsed = f"try_strptime({value}, '%m/%d/%Y')"
    where = o.future.get("where", {}) if name == o.future.get("column") else {}
    return " and ".join([f"{parsed} > _delivered_at + interval 1 day", *among(o, where)])


def _opt_outs(o: VendorObject, name: str) -> str:
    if o.opt_outs == ALL_ROWS:
        return "true" if name == o.key[0] else ""
    assert isinstance(o.opt_outs, Mapping)
    return " and ".join(among(o, o.opt_outs)) if name in o.opt_outs else ""


def among(o: VendorObject, wanted: Mapping[str, Any]) -> list[str]:
    """SQL conditions: each column holds one of its values, as the registry lists them or as this system spells them."""
    return [
        f"{identifier(name)} in ({', '.join(map(literal, o.spellings(values)))})" for name, values in wanted.items()
    ]
