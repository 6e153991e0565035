"""Which raw rows speak of some people, by the registry's word on columns and by the ids with which rows refer to each other.

A row about a person goes. A record on which another, surviving person's rows depend (the header of a group call) stays without
the person's cells. A record that names nobody goes with the record that it hangs on. What is decided here are marks of ids and
of records; `deliveries.tombstones` tests rows against them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from deliveries import raw
from deliveries.registry import Registry, VendorObject
from deliveries.storage import identifier, literal
from deliveries.tombstones import KEPT, marks_of

Place = tuple[str, str, str, int]  # system, object, delivery, row
ADDRESS = "email|"
# What a mark of a row says: whom it is about, whose it is, which it is, on which it hangs.
PERSON, OWNER, RECORD, REFERENCE = "p", "o", "r", "f"


@dataclass
class Row:
    """A row that some mark led to."""

    o: VendorObject
    place: Place
    people: frozenset[str]
    owner: frozenset[str]
    records: frozenset[str]
    references: frozenset[str]
    is_about: bool = False  # is about one of the people who go
    is_of_others: bool = False  # names somebody who stays


@dataclass
class Trace:
    """What was found: rows by place, and the marks of records that go or stay."""

    own: set[str]
    rows: dict[Place, Row] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # records
    kept: set[str] = field(default_factory=set)  # records

    @property
    def marks(self) -> set[str]:
        """All that a tombstone is to be made of."""
        return self.own | self.gone | {KEPT + record for record in self.kept}

    def goes(self, row: Row) -> bool:
        """Whether nothing of a row stays."""
        return bool(row.records & self.gone) or (row.is_about and not row.records & self.kept)


def rows_of(connection: duckdb.DuckDBPyConnection, o: VendorObject, files: Iterable[Path]) -> str:
    """The rows of some raw files of an object as a subquery that has every registered column."""
    source = f"read_parquet([{', '.join(map(literal, files))}], union_by_name = true)"
    held = {row[0] for row in connection.execute(f"describe select * from {source}").fetchall()}
    missing = "".join(f", {raw.NULL} as {identifier(c.name)}" for c in o.loaded if c.name not in held)
    return f"select *{missing} from {source}"


def files_of(home: Path, o: VendorObject) -> list[Path]:
    """An object's files of raw, those of extracts that are held back too; none where nothing was delivered."""
    folder = raw.path_of(home, o, "x").parent
    files = sorted((*folder.glob("*.parquet"), *folder.glob(f"{raw.ASIDE}/*.parquet")))
    return files if len(files) > 1 else []


class Tracer:
    """A search of a home's raw rows. The connection's table `surviving` holds the marks of all who stay."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Path, registry: Registry) -> None:
        """Read the marks of all rows once, into a table of their own."""
        self.connection = connection
        self.objects: list[tuple[VendorObject, str]] = []
        connection.execute(
            "create or replace temp table marks (object int, delivery text, row bigint, role text, mark text)"
        )
        for o in registry.objects:
            if files := files_of(home, o):
                marks, rows = marks_of(o), rows_of(connection, o, files)
                roles = [PERSON] * len(marks.people) + [OWNER] * len(marks.owner)
                roles += [RECORD] * len(marks.records) + [REFERENCE] * len(marks.references)
                if roles:
                    connection.execute(
                        "insert into marks select * from (select $object, _delivery, _row, unnest($roles::text[]) as role,"
                        f" unnest([{', '.join(marks.all)}]) as mark from ({rows})) where mark is not null",
                        {"object": len(self.objects), "roles": roles},
                    )
                self.objects.append((o, rows))

    def trace(self, own: Iterable[str]) -> Trace:
        """All rows about the people with these marks, with what hangs on them."""
        found = Trace(set(own))
        self._take(found, self.seek(found.own, PERSON))
        news = {record for row in found.rows.values() for record in row.records}
        while news:
            found.gone |= news
            self._take(found, self.seek(news, RECORD + REFERENCE))
            self._judge(found)
            hanging = [
                row
                for row in found.rows.values()
                if not row.is_about and not row.is_of_others and row.references & found.gone
            ]
            known = found.gone | found.kept
            news = {record for row in hanging for record in row.records} - known
        return found

    def seek(self, marks: set[str], roles: str) -> list[Row]:
        """The rows that bear one of the marks in one of the roles, with all their marks."""
        if not marks:
            return []
        self._fill("sought", marks)
        found: dict[Place, dict[str, set[str]]] = {}
        objects: dict[Place, VendorObject] = {}
        rows = self.connection.execute(
            "with found as (select distinct object, delivery, row from marks semi join sought using (mark)"
            " where contains($roles, role))"
            " select object, delivery, row, role, mark from marks semi join found using (object, delivery, row)",
            {"roles": roles},
        )
        for number, delivery, row, role, mark in rows.fetchall():
            o = self.objects[number][0]
            place = (o.system, o.name, delivery, row)
            objects[place] = o
            found.setdefault(place, {each: set() for each in (PERSON, OWNER, RECORD, REFERENCE)})[role].add(mark)
        return [
            Row(
                objects[place],
                place,
                frozenset(of[PERSON]),
                frozenset(of[OWNER]),
                frozenset(of[RECORD]),
                frozenset(of[REFERENCE]),
            )
            for place, of in found.items()
        ]

    def survivors(self, marks: Iterable[str]) -> set[str]:
        """Those of some marks that belong to people who stay."""
        self._fill("asked", marks)
        return {
            row[0]
            for row in self.connection.execute("select mark from asked semi join surviving using (mark)").fetchall()
        }

    def _take(self, found: Trace, rows: Iterable[Row]) -> None:
        new = [row for row in rows if row.place not in found.rows]
        named = {m for row in new for m in row.people if not m.startswith(ADDRESS)} - found.own
        others = self.survivors(named)
        for row in new:
            addresses = {m for m in row.people if m.startswith(ADDRESS)} if row.owner else set()
            row.is_about = bool(
                found.own & (row.people - addresses)
            )  # an account is its id's, whosever address it bears
            row.is_of_others = bool(others & row.people)
            found.rows[row.place] = row

    def _judge(self, found: Trace) -> None:
        """Records stay that somebody else's rows are versions of, or hang on; so do rows that name somebody else too."""
        for row in found.rows.values():
            if row.is_of_others and not (row.is_about and _is_pair(row.o)):
                found.kept |= found.gone & (row.records | row.references)
        found.gone -= found.kept

    def _fill(self, table: str, marks: Iterable[str]) -> None:
        self.connection.execute(f"create or replace temp table {table} (mark text)")
        self.connection.execute(f"insert into {table} select unnest($marks::text[])", {"marks": sorted(marks)})


def _is_pair(o: VendorObject) -> bool:
    return any(isinstance(column.person, dict) and column.person.get("pair") for column in o.columns)
