"""A file's own column names against the registry: what each column is called in raw, what is missing, what is new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deliveries.errors import ColumnsMissing, NotParsable
from deliveries.registry import VendorObject

SAFE_NAME = re.compile(r"[A-Za-z][\w .:/()\-]{0,127}")  # a name that may be shown; anything else might be a cell


@dataclass(frozen=True)
class Parsed:
    """A delivery's rows as Parquet of text columns c0, c1, ... in file order, and the raw name of each.

    A column whose name is None stays out of raw. Rows that could not be split into columns lie in the connection's
    temporary table `malformed` (record, reason, line): record number as if they had been good rows, 1-based.
    """

    rows: Path
    names: tuple[str | None, ...]
    unknown: tuple[str, ...]
    malformed: int = 0


def match(
    header: Sequence[str], o: VendorObject, *, is_deletes: bool
) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """The raw name of each column of the file, and the unknown ones among them. Names match without case (EML-07)."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        folded = name.strip().lower()
        if folded in places:
            raise NotParsable(f"column {place + 1} of the header repeats the name of column {places[folded] + 1}")
        if folded:
            places[folded] = place
    names: list[str | None] = [None] * len(header)
    taken: set[int] = set()
    present: list[str] = []
    for column in o.columns:
        found = next((places[n.lower()] for n in (*column.aliases, column.name) if n.lower() in places), None)
        if found is not None and found not in taken:
            taken.add(found)
            present.append(column.name)
            names[found] = column.name if column.load else None
    require(o, present, is_deletes=is_deletes, width=len(header))
    registered = {column.name.lower() for column in o.columns}
    unknown = []
    for place, name in enumerate(header):
        if place not in taken and name.strip():
            names[place] = unknown_name(name.strip(), place, registered)
            unknown.append(str(names[place]))
    return tuple(names), tuple(unknown)


def require(o: VendorObject, present: Sequence[str], *, is_deletes: bool, width: int = 0) -> None:
    """Refuse a delivery that lacks a required column, by name. A file of keys to delete needs the key only (ruling 4)."""
    needed = [c for c in o.columns if (c.name in o.key if is_deletes else c.required) and c.name not in o.nullable_key]
    if missing := [" or ".join((c.name, *c.aliases)) for c in needed if c.name not in present]:
        is_joined = width == 1 and len(needed) > 1
        hint = f"; the header has one column only: is {o.delimiter!r} the delimiter?" if is_joined else ""
        raise ColumnsMissing(f"required column missing: {', '.join(missing)}{hint}")


def unknown_name(name: str, place: int, registered: set[str]) -> str:
    """The raw name of a column that the registry lacks: its own, unless it could be a value or hide one of ours."""
    if not SAFE_NAME.fullmatch(name) or name.lower() in registered:
        return f"column_{place + 1}"
    return name
