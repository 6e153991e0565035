"""Tombstones: keyed hashes of what was erased, by which reception knows it again and keeps it out of raw.

Here is what they are hashes of (marks), how they are read, and the one test of rows against them, which an erasure uses too.
Who is erased, and the writing of tombstones, is the business of `erasure`.

A mark is the text `kind|value`. A kind of id is one system's alone, so equal numbers of two systems are two marks; addresses,
NPIs and the like have one kind everywhere. A record's mark is its key under its object, or under its family of objects where
records refer to each other by ids that are unique in all of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from deliveries.registry import Column, VendorObject
from deliveries.storage import identifier, literal
from orchestration.durable import put
from orchestration.pseudonyms import lend_key, read_secret

ERASED = "erased"  # the reason on a row of raw of which nothing else is left
KEPT = "kept|"  # before the mark of a record that stays because others hang on it, without the erased person
WHOLE = "whole|"  # before the mark of an address that was all that was known of somebody: who bears it is that person
ADDRESSES = ("email", "zoom_guest")  # kinds of id that are addresses
CRM_ACCOUNT = "veeva_crm_account"
OWNERS = (CRM_ACCOUNT, "npi")  # kinds of id by which a record is one person's, whatever else it says
KINDS = (
    "npi", "email", "licence", "national_id", CRM_ACCOUNT, "sfmc_subscriber", "zoom_registrant", "on24_user", "lms_user",
    "open_payments_profile",
)  # fmt: skip
CASES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"  # how a Salesforce id says which of five letters are capitals


def path_of(home: Path) -> Path:
    """Where the tombstones of a home lie."""
    return home / "state" / "privacy" / "tombstones.parquet"


def key_path(home: Path) -> Path:
    """Where the secret of the tombstones lies; it outlives the rotation of the pseudonyms' key."""
    return home / "secrets" / "tombstone.key"


def guarded_path(home: Path) -> Path:
    """Where the shared mailboxes are remembered that lost a holder; dbt reads it as a source."""
    return home / "raw" / "rapport" / "guarded_mailboxes" / "guarded_mailboxes.parquet"


def read_key(home: Path) -> bytes:
    """The secret; without it erased people could come back, so it raises KeyUnusable with the way out."""
    return read_secret(key_path(home), "key of the tombstones", "restore it from your backup")


@dataclass(frozen=True)
class Marks:
    """What of an object's rows can be known again, as SQL texts over its raw columns."""

    people: tuple[tuple[Column, str], ...]  # the columns that say whom the row is about; one may have two marks
    owner: tuple[str, ...]  # of them those of the key that make the row one person's, whosever address it bears
    records: tuple[str, ...]  # the row's own key, and its older one
    references: tuple[str, ...]  # records that the row hangs on

    @property
    def all(self) -> tuple[str, ...]:
        return (*(sql for _, sql in self.people), *self.owner, *self.records, *self.references)


def marks_of(o: VendorObject) -> Marks:
    """The marks of an object's rows."""
    people = [(column, sql) for column in o.columns if column.person for sql in _person_marks(o, column)]
    names_person = {column.name for column, _ in people}
    is_person = bool(set(o.key) & names_person)
    if o.like and is_person and len(o.key) == 1:  # the same person under the older id
        key = next(column for column in o.columns if column.name == o.key[0])
        people.append((key, mark(str(key.person), identifier(o.older_id))))
    records: list[str] = []
    if not is_person:
        records = [_record(o, [_plain(name) for name in o.key])]
        records += [_record(o, [_plain(o.older_id)])] if o.like else []
    references = [_record(o, [_plain(n)]) for n in o.references if n not in names_person and n != o.key[0]]
    owner = tuple(sql for column, sql in people if column.name in o.key and column.person in OWNERS)
    return Marks(tuple(people), owner, tuple(records), tuple(references))


def mark(kind: str, value: str) -> str:
    """The SQL of the mark of an SQL value; null for an empty one, and for what cannot be an id of that kind."""
    text = f"nullif(trim({value}), '')"
    if kind in ADDRESSES:
        text = f"regexp_replace(lower(trim({value})), '^mailto:', '')"
        return f"(case when {text} like '%_@_%' then 'email|' || {text} end)"
    if kind == "licence":
        text = f"upper({text})"
    if kind == CRM_ACCOUNT:
        text = salesforce(text)
    return f"('{kind}|' || {text})"


def salesforce(text: str) -> str:
    """The SQL of a Salesforce id of 15 characters as its 18; other texts as they are."""
    ending = "".join(
        f" || substr('{CASES}', 1"
        + "".join(
            f" + case when substr({text}, {group * 5 + place + 1}, 1) between 'A' and 'Z' then {2**place} else 0 end"
            for place in range(5)
        )
        + ", 1)"
        for group in range(3)
    )
    return f"(case when length({text}) <> 15 or {text} like 'V%' then {text} else {text}{ending} end)"


def typed_mark(kind: str, value: str) -> str:
    """The SQL of the mark of a value whose kind is an SQL value too."""
    kind = f"lower(trim({kind}))"
    cases = " ".join(f"when '{k}' then {mark(k, value)}" for k in (*ADDRESSES, "licence", CRM_ACCOUNT))
    return f"(case {kind} {cases} else {kind} || '|' || nullif(trim({value}), '') end)"


def system_mark(system: str, value: str) -> str:
    """The SQL of the mark of an id of which only the system is said."""
    folder = f"regexp_replace(lower(trim({system})), '^veeva_vault$', 'veeva_crm')"
    text = salesforce(f"nullif(trim({value}), '')")
    return f"('system ' || {folder} || '|' || {text})"


def _person_marks(o: VendorObject, column: Column) -> list[str]:
    value = identifier(column.name)
    if isinstance(column.person, str):
        return [mark(column.person, value)]
    said = column.person
    if "type_in" in said:
        return [typed_mark(identifier(said["type_in"]), value)]
    if "system_in" in said:
        return [system_mark(identifier(said["system_in"]), value)]
    places = range(1, said.get("most", 0) + 1)  # several ids, between semicolons
    values = [f"nullif(split_part({value}, ';', {place}), '')" for place in places] or [value]
    return [sql for each in values for sql in _marks_under(o, said, each)]


def _marks_under(o: VendorObject, said: Mapping[str, Any], value: str) -> list[str]:
    """The marks of an id that holds within something, say a provider; and by itself."""
    kind, under = said["type"], said.get("under")
    if not under:
        return [mark(kind, value)]
    registered = {c.name for c in o.columns}
    holder = identifier(under) if under in registered else literal(o.given.get(under, ""))
    found = [f"({literal(kind)} || '|' || nullif(trim({holder}), '') || '|' || trim({value}))", mark(kind, value)]
    if domains := said.get("domains"):  # the id says itself what it is: NPI:1234567893
        cases = " ".join(
            f"when {value} like '{domain}:%' then " + mark(k, f"substr({value}, {len(domain) + 2})")
            for domain, k in domains.items()
            if domain
        )
        found.append(f"(case {cases} else {mark(domains[''], value)} end)")
    return found


def _plain(name: str) -> str:
    return f"trim({identifier(name)})"


def _record(o: VendorObject, parts: list[str]) -> str:
    """Keys of some parts are told apart by the object; ids to which others refer are unique in their family."""
    if len(parts) == 1:
        text = f"nullif({salesforce(parts[0]) if o.references or o.key == ('Id',) else parts[0]}, '')"
    else:
        text = " || '|' || ".join(f"coalesce({part}, '')" for part in parts)
    scope = (o.older_system or o.system) if o.key == ("Id",) else f"{o.system}/{o.name}"
    return f"('record {scope}|' || {text})"


@dataclass(frozen=True)
class Sieve:
    """What is to become of rows: SQL conditions over the columns of `marked` rows."""

    lookups: dict[str, str]  # SQL of whether a mark is forgotten -> the column that says so
    erased: str  # nothing of the row stays
    emptied: dict[str, str]  # column -> when its cell is to be empty

    def marked(self, rows: str) -> str:
        """The rows, each mark looked up once, however many conditions ask for it."""
        return f"select *, {', '.join(f'{sql} as {name}' for sql, name in self.lookups.items())} from ({rows})"


def sieve_of(o: VendorObject) -> Sieve:
    """The test of an object's rows against the marks in the table `forgotten`."""

    lookups: dict[str, str] = {}

    def any_of(marks: Iterable[str]) -> str:
        asked = (f"coalesce({sql} in (select mark from forgotten), false)" for sql in marks)
        return " or ".join(lookups.setdefault(sql, f"_mark_{len(lookups)}") for sql in asked) or "false"

    marks = marks_of(o)
    addresses = [sql for column, sql in marks.people if column.person in ADDRESSES]
    named, gone, hanging = any_of(sql for _, sql in marks.people), any_of(marks.records), any_of(marks.references)
    kept = any_of(f"'{KEPT}' || {sql}" for sql in marks.records)
    if marks.owner:  # somebody else's, with an address that was the erased person's
        own = any_of(
            [*(sql for _, sql in marks.people if sql not in addresses), *(f"'{WHOLE}' || {a}" for a in addresses)]
        )
        kept = f"not ({own})"
    nobody = " and ".join(f"{sql} is null" for _, sql in marks.people) or "true"
    cells: dict[str, list[str]] = {}
    for column, sql in marks.people:
        cells.setdefault(column.name, []).append(sql)
    emptied = {name: f"(({kept}) and ({any_of(conditions)}))" for name, conditions in cells.items()}
    if not marks.owner:
        emptied |= {
            column.name: f"(({kept}) and ({named}))"
            for column in o.loaded
            if (column.free_text or column.identifier is True)
            and not (column.person or column.staff or column.name in o.key)
        }
    return Sieve(lookups, f"((({named}) and not ({kept})) or ({gone}) or (({nobody}) and ({hanging})))", emptied)


class Tombstones:
    """The tombstones of a home, in a connection that has their secret."""

    def __init__(self, home: Path, connection: Any) -> None:
        self.connection = connection
        lend_key(connection, read_key(home), "tombstone")
        table = pq.read_table(path_of(home), columns=["tombstone"])
        connection.register("tombstones_read", table)
        connection.execute("create or replace temp table tombstones as select distinct tombstone from tombstones_read")
        connection.unregister("tombstones_read")

    def hide_lines(self) -> None:
        """Empty the lines of the table `malformed` of which some part is the id of an erased person, of whatever kind."""
        marks = ", ".join(mark(kind, "part") for kind in KINDS)
        self.connection.execute(
            "update malformed set line = null where record in (select record from (select record, unnest(["
            f"{marks}]) as mark from (select record, unnest(regexp_split_to_array(line, '[^[:alnum:]@._+%-]+')) as part"
            f" from malformed)) where mark is not null and {keyed('mark')} in (select tombstone from tombstones))"
        )

    def learn(self, rows: str, objects: Iterable[VendorObject]) -> bool:
        """Make the table `forgotten` of the marks in some rows that are tombstoned; whether there are any."""
        marks = {
            sql
            for o in objects
            for m in (marks_of(o),)
            for sql in (
                *m.all,
                *(f"'{KEPT}' || {record}" for record in m.records),
                *(f"'{WHOLE}' || {address}" for column, address in m.people if column.person in ADDRESSES),
            )
        }
        union = " union ".join(f"select {sql} as mark from rows_of" for sql in sorted(marks))
        self.connection.execute("drop table if exists forgotten")
        if not union:
            self.connection.execute("create temp table forgotten (mark text)")
            return False
        self.connection.execute(
            f"create temp table forgotten as with rows_of as ({rows}), marks as ({union})"
            f" select mark from marks where mark is not null and {keyed('mark')} in (select tombstone from tombstones)"
        )
        (found,) = self.connection.execute("select count(*) from forgotten").fetchone() or (0,)
        return bool(found)


def make_memory(home: Path, scratch: Path) -> None:
    """An empty memory of shared mailboxes, where nobody was ever erased: dbt reads it in any case."""
    if not guarded_path(home).exists():
        finished = scratch / "guarded.parquet"
        pq.write_table(pa.table({"address_hash": pa.array([], pa.string())}), finished)
        put(finished, guarded_path(home))


def load(home: Path, connection: Any) -> Tombstones | None:
    """The tombstones of a home; none where nobody was ever erased."""
    return Tombstones(home, connection) if path_of(home).exists() else None


def keyed(text: str) -> str:
    """The SQL of a tombstone: HMAC-SHA-256 of an SQL text under the secret that the connection has."""
    inner = f"unhex(sha256(getvariable('tombstone_inner') || encode({text})))"
    return f"sha256(getvariable('tombstone_outer') || {inner})"
