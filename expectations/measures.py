"""Each rule as two counts per audited file: rows looked at, rows failing. No row and no message leaves the engine.

Beside the audited file, a rule may read `run` (as_of_on), `published_columns` (of the file), `agreed_columns` (of the
manifest) and `known_identifiers` (every identifier held in raw or restricted tables, and its plain hashes).
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import duckdb

from deliveries.storage import identifier, literal
from expectations.rules import Feeds, Rule, load_feeds
from orchestration.settings import Settings
from releases import files
from releases.catalogue import Identifier, read
from releases.manifest import Release

SHORTEST_NUMBER = 10_000_000  # whole numbers below are counts and seconds, not identifiers
PLAIN_HASHES = ("md5", "sha1", "sha256")


@dataclass(frozen=True)
class Measure:
    """One rule on one file. An errored rule has no counts, only the type of its error."""

    rule: Rule
    audience: str
    rows_checked: int | None = None
    rows_failing: int | None = None
    error: str = ""
    is_applicable: bool = True
    details: tuple[str, ...] = ()  # where it fails, in counts and names


def measure(settings: Settings, release: Release, rules: Iterable[Rule]) -> list[Measure]:
    """Evaluate every rule on every file that it audits."""
    rules = list(rules)
    with closing(duckdb.connect()) as connection:
        auditor = _Auditor(connection, settings, release)
        return [auditor.measure(rule, audience) for rule in rules for audience in rule.audits]


class _Auditor:
    """A connection that reads the files of one release, and answers one rule at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release) -> None:
        self.connection, self.settings, self.release = connection, settings, release
        self.knows_identifiers = False
        self.feeds: Feeds = load_feeds()
        connection.execute("set timezone = 'UTC'")
        connection.execute("create temp table run as select cast(? as date) as as_of_on", [release.as_of_on])
        connection.execute("create temp table agreed_columns (table_schema text, table_name text, column_name text)")
        connection.executemany(
            "insert into agreed_columns values (?, ?, ?)",
            [
                (*name.split("."), column["name"])
                for name, table in release.tables.items()
                for column in table["columns"]
            ],
        )
        connection.execute(
            "create temp view published_columns as"
            " select schema_name as table_schema, table_name, column_name from duckdb_columns()"
            " where database_name = current_database() and not internal"
        )
        for path in sorted(release.folder.glob("*.duckdb")):
            connection.execute(f"attach {literal(path)} as {identifier(path.stem)} (read_only)")
        connection.execute(f"use {identifier(files.MARTS)}")
        self.delivered = {feed for (feed,) in connection.execute(self.feeds.delivered).fetchall()}

    def measure(self, rule: Rule, audience: str) -> Measure:
        try:
            self.connection.execute(f"use {identifier(audience)}")
            if rule.needs_identifiers or rule.reads_warehouse:
                warehouse = literal(self.settings.warehouse)
                self.connection.execute(f"attach if not exists {warehouse} as warehouse (read_only)")
            if rule.needs_identifiers:
                self._know_identifiers()
            checked, failing = self._counts(rule)
        except Exception as error:  # whatever the engine says may quote a cell: its type is all that is kept
            return Measure(rule, audience, error=type(error).__name__)
        feeds = self.feeds.of(rule)
        undelivered = bool(feeds) and self.delivered.isdisjoint(feeds)
        return Measure(rule, audience, checked, failing, is_applicable=checked > 0 or not undelivered)

    def _counts(self, rule: Rule) -> tuple[int, int]:
        if rule.table:
            return self._one(f"select count(*) from {rule.table}"), self._failing(rule.failing)
        if rule.each_value:
            cells = self._list_cells()
            broken = f"({rule.each_value.replace('{value}', 'value')}) and regexp_matches(column_name, '{rule.columns_named}')"
            rows = sum(self._one(f"select count(*) from {name}") for name, *_ in self._tables())
            return rows, self._one(f"select coalesce(sum(row_count), 0) from {cells} where {broken}")
        checked = failing = 0
        for name, schema, table, columns in self._tables():
            meant = rule.each_table or {}
            if meant.get("schema", schema) == schema and columns.keys() >= set(meant.get("columns", ())):
                parquet = literal(files.parquet(self.release.folder, schema, table))
                checked += self._one(f"select count(*) from {name}")
                failing += self._failing(rule.failing.replace("{table}", name).replace("{parquet}", parquet))
        return checked, failing

    def _list_cells(self) -> str:
        """A table of every distinct cell of the file that could hold an identifier, and the number of its rows."""
        cells = f"cells_{self._value('select current_database()')}"
        selects = [
            f"select '{column}' as column_name, {value} as value, count(*) as row_count from {name} group by all"
            for name, _, _, columns in self._tables()
            for column, value in _values(columns).items()
        ]
        self.connection.execute(f"create temp table if not exists {cells} as {' union all '.join(selects)}")
        return cells

    def _tables(self) -> list[tuple[str, str, str, dict[str, str]]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for schema, table, column, kind in self.connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            " where database_name = current_database() and not internal order by all"
        ).fetchall():
            found.setdefault((schema, table), {})[column] = kind
        return [
            (f"{identifier(schema)}.{identifier(table)}", schema, table, columns)
            for (schema, table), columns in found.items()
        ]

    def _failing(self, query: str) -> int:
        return self._one(f"select count(*) from ({query})")

    def _one(self, query: str) -> int:
        return int(self._value(query))

    def _value(self, query: str) -> Any:
        (value,) = self.connection.execute(query).fetchone() or (0,)
        return value

    def _know_identifiers(self) -> None:
        """Make the table of identifiers: values with a digit or an @ as they are, and every value hashed plainly, in the case in
        which it is written and in either."""
        if self.knows_identifiers:
            return
        columns = [sql for each in read(self.settings.manifest).identifiers if (sql := self._held(each))]
        values = " union ".join(columns)
        hashed = " union all ".join(f"select {name}(value) as value from written" for name in PLAIN_HASHES)
        self.connection.execute(
            f"create or replace temp table known_identifiers as with held as ({values}),"
            " written as (select value from held union select lower(value) from held union select upper(value) from held)"
            f" select lower(value) as value from held where regexp_matches(value, '[0-9@]') union {hashed}"
            " union select left(sha256(value), 32) from written"
        )
        self.knows_identifiers = True

    def _held(self, each: Identifier) -> str:
        source = f"warehouse.{identifier(each.schema)}.{identifier(each.table)}"
        if each.is_source:
            raw = self.settings.home / "raw" / each.schema / each.table
            if not any(raw.glob("*.parquet")):
                return ""
            source = f"read_parquet({literal(raw / '*.parquet')}, union_by_name = true)"
        value = f"trim(cast({identifier(each.column)} as text))"
        return f"select {value} as value from {source} where length({value}) >= {each.shortest}"


def _values(columns: dict[str, str]) -> dict[str, str]:
    """The columns of a table that could hold an identifier, each with its cell as an SQL text."""
    values = {}
    for column, kind in columns.items():
        if kind == "VARCHAR":
            values[column] = identifier(column)
        elif kind in ("BIGINT", "INTEGER", "HUGEINT", "UBIGINT"):
            number = identifier(column)
            values[column] = f"case when {number} >= {SHORTEST_NUMBER} then cast({number} as text) end"
    return values
