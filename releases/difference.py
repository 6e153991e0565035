"""What differs between two releases: columns, and rows by the grain of each table. Counts, never a row."""

from contextlib import closing
from dataclasses import dataclass

import duckdb

from deliveries.storage import identifier, literal
from releases import files
from releases.manifest import Release


@dataclass(frozen=True)
class TableDifference:
    """One table in two releases. Row counts are None where the table stands in one of them only."""

    table: str
    rows_before: int | None
    rows_after: int | None
    rows_added: int
    rows_removed: int
    rows_changed: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    columns_retyped: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether rows and columns agree."""
        return not (
            self.rows_added
            or self.rows_removed
            or self.rows_changed
            or self.columns_added
            or self.columns_removed
            or self.columns_retyped
        )


def diff(before: Release, after: Release) -> list[TableDifference]:
    """Every table of two releases, compared."""
    old, new = before.tables, after.tables
    with closing(duckdb.connect()) as connection:
        return [_table(connection, name, before, after) for name in sorted(old.keys() | new.keys())]


def _table(connection: duckdb.DuckDBPyConnection, name: str, before: Release, after: Release) -> TableDifference:
    old, new = before.tables.get(name), after.tables.get(name)
    old_types = {column["name"]: column["type"] for column in (old or {}).get("columns", ())}
    new_types = {column["name"]: column["type"] for column in (new or {}).get("columns", ())}
    shared = [column for column in new_types if column in old_types]
    rows_before, rows_after = (each["rows"] if each else None for each in (old, new))
    if old and new:
        grain = [column for column in new["grain"] if column in shared] or shared
        counts = connection.execute(_comparison(name, before, after, grain, shared)).fetchone()
        added, removed, changed = counts or (0, 0, 0)
    else:
        added, removed, changed = rows_after or 0, rows_before or 0, 0
    return TableDifference(
        table=name,
        rows_before=rows_before,
        rows_after=rows_after,
        rows_added=added,
        rows_removed=removed,
        rows_changed=changed,
        columns_added=tuple(column for column in new_types if column not in old_types),
        columns_removed=tuple(column for column in old_types if column not in new_types),
        columns_retyped=tuple(column for column in shared if old_types[column] != new_types[column]),
    )


def _comparison(name: str, before: Release, after: Release, grain: list[str], columns: list[str]) -> str:
    """One row: rows added, removed and changed, matched by grain and compared in the columns that both have."""
    old, new = (literal(files.parquet(each.folder, *name.split("."))) for each in (before, after))
    same_key = " and ".join(f"o.{identifier(key)} is not distinct from n.{identifier(key)}" for key in grain)
    old_row, new_row = (f"row({', '.join(f'{side}.{identifier(column)}' for column in columns)})" for side in "on")
    return f"""
        select
            count(*) filter (where o.is_there is null),
            count(*) filter (where n.is_there is null),
            count(*) filter (where o.is_there and n.is_there and {old_row} is distinct from {new_row})
        from (select true as is_there, * from read_parquet({old})) as o
        full join (select true as is_there, * from read_parquet({new})) as n on {same_key}
    """
