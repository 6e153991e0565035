"""The candidate: a release's data files, written new beside the published ones from the working database.

One DuckDB file per audience, holding the rows that the seed `audiences` lets it read, and Parquet files as the first
audience's file. Rows are written in the order of the table's grain, so the same rows give the same files.
"""

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from deliveries.storage import identifier, literal
from orchestration.settings import Settings
from releases import files
from releases.catalogue import Catalogue, Table, read
from releases.manifest import PREFIX, Release, ReleaseInvalid, describe

ANY = "*"
# A row that refers to a row hidden from the audience is hidden with it: the column, and the grain of the row's owner.
REFERENCES = {"hcp_key": "hcp_key", "touchpoint_id": "touchpoint_id", "interaction_id": "touchpoint_id"}


def new_release_id() -> str:
    """A release id: the instant (UTC) and eight random hex digits."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def _values(text: str | None) -> list[str]:
    return [value.strip() for value in (text or "").split(";") if value.strip()]


def _is_one_of(column: str, values: list[str]) -> str:
    return f"{column} in ({', '.join(map(literal, values))})" if values else "false"


@dataclass(frozen=True)
class Audience:
    """What one group of readers may see: for each table (`*` = any other) the purposes and score scopes."""

    name: str
    allowed: dict[str, tuple[list[str], list[str]]]

    def sees(self, table: Table) -> bool:
        """Whether the audience gets the table at all."""
        return bool(self._allowed(table)[0])

    def conditions(self, table: Table) -> list[str]:
        """What holds for the rows of a table that this audience may see, judged by the row alone."""
        purposes, scopes = self._allowed(table)
        known = f"is_known_{self.name}ly"  # is_known_commercially: not known through education or medical alone
        conditions = {known: known}
        for column, values in (("purpose", purposes), ("eqs_scope", scopes)):
            if ANY not in values:
                conditions[column] = _is_one_of(column, values)
        return [condition for column, condition in conditions.items() if column in table.columns]

    def selected(self, table: Table) -> str:
        """The table's columns as an SQL list; `<column>_<audience>` stands in for the column, where there is one."""
        own = {column: f"{column}_{self.name}" for column in table.columns}
        return ", ".join(
            f"{identifier(own[column])} as {identifier(column)}" if own[column] in table.columns else identifier(column)
            for column in table.columns
        )

    def _allowed(self, table: Table) -> tuple[list[str], list[str]]:
        return self.allowed.get(table.name) or self.allowed[ANY]


def _audiences(warehouse: Path, seed: str) -> list[Audience]:
    allowed: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    with files.opened(warehouse) as connection:
        found = connection.execute(f"select audience, table_name, purposes, scopes from {seed} order by all").fetchall()
    for audience, table, purposes, scopes in found:
        allowed.setdefault(audience, {})[table] = (_values(purposes), _values(scopes))
    return [Audience(name, tables) for name, tables in allowed.items()]


def _write_audience(path: Path, warehouse: Path, catalogue: Catalogue, audience: Audience) -> None:
    keyed = {table.grain[0]: table for table in catalogue.tables if len(table.grain) == 1}
    owners = {key: keyed[key] for key in REFERENCES.values() if key in keyed and audience.sees(keyed[key])}
    with files.opened(path, read_only=False) as connection:
        connection.execute(f"set temp_directory = {literal(path.with_suffix('.spill'))}")
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        for table in sorted(catalogue.tables, key=lambda each: each not in owners.values()):
            if not audience.sees(table):
                continue
            conditions = audience.conditions(table)
            if table not in owners.values():
                conditions += [
                    f"not coalesce({column} in (select {column} from warehouse.{owners[key].sql}"
                    f" except select {column} from {owners[key].sql}), false)"
                    for column, key in REFERENCES.items()
                    if column in table.columns and key in owners and audience.conditions(owners[key])
                ]
            order = ", ".join(f"{identifier(column)} nulls last" for column in table.grain or table.columns)
            connection.execute(f"create schema if not exists {identifier(table.schema)}")
            connection.execute(
                f"create table {table.sql} as select {audience.selected(table)}"
                f" from warehouse.{table.sql} where {' and '.join(conditions or ['true'])} order by {order}"
            )
            connection.execute(f"comment on table {table.sql} is {literal(table.description)}")
        connection.execute("detach warehouse")
    shutil.rmtree(path.with_suffix(".spill"), ignore_errors=True)


def remove_leftovers(releases: Path) -> None:
    """Remove what a killed run left behind: its candidate, and a pointer that was not yet put in place."""
    for path in [*releases.glob(f"{PREFIX}*"), *releases.glob(".current-*")]:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def build_candidate(settings: Settings, as_of: date) -> Release:
    """Write the data files of a new release from the working database, which no writer may hold."""
    catalogue = read(settings.manifest)
    remove_leftovers(settings.releases)
    release = Release(settings.releases / f"{PREFIX}{new_release_id()}")
    release.folder.mkdir(parents=True)
    for audience in _audiences(settings.warehouse, catalogue.audiences):
        _write_audience(files.database(release.folder, audience.name), settings.warehouse, catalogue, audience)
    with files.opened(files.database(release.folder, files.MARTS)) as connection:
        for table in catalogue.tables:
            files.write_parquet(connection, table.sql, files.parquet(release.folder, table.schema, table.name))
    describe(release, catalogue, as_of)
    return release


def pending(settings: Settings) -> Release:
    """The candidate of this home."""
    found = sorted(settings.releases.glob(f"{PREFIX}*"))
    if not found:
        raise ReleaseInvalid("There is no candidate to audit or publish: `rapport run` writes one.")
    return Release(found[-1])
