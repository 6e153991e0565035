"""Kept releases without the rows of people: written into new files, put in place so that readers always find whole ones.

A release keeps its id, its report and its documents; rows go, aggregates stay. DELETE would leave bytes in the file, so
every file that held a row of theirs is written anew.
"""

import os
import shutil
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from deliveries.storage import identifier, literal
from erasure.scan import relations
from orchestration.durable import sync
from orchestration.settings import Settings
from releases import Release, ReleaseInvalid, files, list_releases, reseal
from releases.manifest import problems
from releases.publication import CURRENT, point_to

REWRITTEN, PLACED = ".rewritten-", ".placed-"


def forget(settings: Settings, pseudonyms: Collection[str], progress: Callable[[str], None]) -> dict[str, int]:
    """Rewrite every kept release that holds a row with one of the pseudonyms: rows removed per release.

    Killed anywhere, it goes on when called again; `current` leads to a whole release at every moment.
    """
    folder = settings.releases
    for half in folder.glob(f"{PLACED}*"):
        shutil.rmtree(half)
    for finished in folder.glob(f"{REWRITTEN}*"):
        _put_in_place(folder, finished) if _is_whole(finished) else shutil.rmtree(finished)
    removed = {}
    for release in list_releases(settings):
        progress(release.release_id)
        if rows := _rewrite(release, pseudonyms):
            _put_in_place(folder, folder / f"{REWRITTEN}{release.release_id}")
            removed[release.release_id] = rows
    return removed


def _rewrite(release: Release, pseudonyms: Collection[str]) -> int:
    """Write the release without these rows beside itself, if it holds any."""
    target = release.folder.with_name(f"{REWRITTEN}{release.release_id}")
    databases = sorted(release.folder.glob("*.duckdb"))
    held = {path: counts for path in databases if (counts := _held(path, pseudonyms))}
    if not held:
        return 0
    # The manifest comes last, and says that the folder is whole.
    shutil.copytree(release.folder, target, copy_function=os.link, ignore=shutil.ignore_patterns(files.MANIFEST))
    for path, counts in held.items():
        new = target / path.name
        new.unlink()
        _copy_without(path, new, pseudonyms)
        if path.stem == files.MARTS:
            with files.opened(new) as connection:
                for schema, table in counts:
                    parquet = files.parquet(target, schema, table)
                    parquet.unlink()
                    files.write_parquet(connection, f"{identifier(schema)}.{identifier(table)}", parquet)
    rows = max(sum(counts.values()) for counts in held.values())
    note = {"at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "because": "erasure", "rows_removed": rows}
    reseal(Release(target), release.manifest, note)
    _same_readers(release.folder, target)
    return rows


def _put_in_place(releases: Path, rewritten: Path) -> None:
    """Give a rewritten release the name of the old one, which goes. `current` makes a detour while the name is free."""
    for path in [*rewritten.rglob("*"), rewritten]:
        sync(path)
    release_id = rewritten.name.removeprefix(REWRITTEN)
    link = releases / CURRENT
    is_current = link.is_symlink() and link.readlink().name in (release_id, rewritten.name)
    if is_current:
        point_to(releases, rewritten.name)
    shutil.rmtree(releases / release_id, ignore_errors=True)
    placed = releases / f"{PLACED}{release_id}"
    shutil.copytree(rewritten, placed, copy_function=os.link)
    _same_readers(rewritten, placed)
    placed.rename(releases / release_id)
    if is_current:
        point_to(releases, release_id)
    shutil.rmtree(rewritten)
    sync(releases)


def _same_readers(old: Path, new: Path) -> None:
    """Groups and modes of a folder and all below it."""
    for path in [new, *new.rglob("*")]:
        model = old / path.relative_to(new)
        shutil.copymode(model, path)
        os.chown(path, -1, model.stat().st_gid)


def _is_whole(folder: Path) -> bool:
    try:
        return not problems(Release(folder))
    except ReleaseInvalid:
        return False


def _held(path: Path, pseudonyms: Collection[str]) -> dict[tuple[str, str], int]:
    """Rows with one of the pseudonyms per table of a DuckDB file, for the tables that have any."""
    with files.opened(path) as connection:
        _lay_out(connection, pseudonyms)
        names = connection.execute("select schema_name, table_name from duckdb_tables() where not temporary").fetchall()
        columns = dict(relations(connection, path))
        found = {}
        for schema, table in names:
            name = f"{identifier(schema)}.{identifier(table)}"
            query = f"select count(*) from {name} where {_is_theirs(columns[name])}"
            (found[schema, table],) = connection.execute(query).fetchone() or (0,)
    return {name: rows for name, rows in found.items() if rows}


def _copy_without(old: Path, new: Path, pseudonyms: Collection[str]) -> None:
    """Rows go by way of Parquet, and another process writes the new file: DuckDB leaves what its memory held before in gaps of
    the blocks that it writes, rows that it has just filtered out among it."""
    with TemporaryDirectory(dir=new.parent, prefix=".rows-") as folder:
        with files.opened(old) as connection:
            _lay_out(connection, pseudonyms)
            columns = dict(relations(connection, old))
            tables = connection.execute(
                "select schema_name, table_name, t.comment, list(column_name order by column_index),"
                " list(data_type order by column_index) from duckdb_tables() as t"
                " join duckdb_columns() as c using (database_name, schema_name, table_name)"
                " where not t.temporary group by all order by all"
            ).fetchall()
            for number, (schema, table, *_) in enumerate(tables):
                name = f"{identifier(schema)}.{identifier(table)}"
                rows = f"from {name} where not ({_is_theirs(columns[name])})"
                connection.execute(f"copy ({rows}) to {literal(Path(folder) / f'{number}.parquet')} (format parquet)")
        with get_context("spawn").Pool(1) as clean:
            clean.apply(_load, (new, Path(folder), tables))


def _load(new: Path, folder: Path, tables: list[tuple[str, str, str | None, list[str], list[str]]]) -> None:
    with files.opened(new, read_only=False) as connection:
        for number, (schema, table, comment, columns, types) in enumerate(tables):
            name = f"{identifier(schema)}.{identifier(table)}"
            cells = ", ".join(
                f"cast({identifier(c)} as {t}) as {identifier(c)}" for c, t in zip(columns, types, strict=True)
            )
            connection.execute(f"create schema if not exists {identifier(schema)}")
            rows = f"select {cells} from read_parquet({literal(folder / f'{number}.parquet')})"
            connection.execute(f"create table {name} as {rows}")
            connection.execute(f"comment on table {name} is {literal(comment or '')}")


def _lay_out(connection: duckdb.DuckDBPyConnection, pseudonyms: Collection[str]) -> None:
    connection.execute(
        "create temp table theirs as select unnest($pseudonyms::text[]) as pseudonym",
        {"pseudonyms": sorted(pseudonyms)},
    )


def _is_theirs(columns: list[str]) -> str:
    tests = (f"coalesce(cast({identifier(column)} as text) in (from theirs), false)" for column in columns)
    return " or ".join(tests) or "false"
