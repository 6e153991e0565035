"""Old-to-new of the pseudonyms' keys, kept beside the raw rows: it outlives every rebuild, and dbt reads it as a source.

It holds pseudonyms only. Who makes the rows is `orchestration/rotation.py`.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from deliveries.storage import literal
from orchestration.durable import put

COLUMNS = {"key_kind": "text", "old_key": "text", "new_key": "text", "rotated_at": "timestamp"}


def path_of(home: Path) -> Path:
    """Where old-to-new lies."""
    return home / "raw" / "rapport" / "key_rotations" / "key_rotations.parquet"


def ensure(home: Path) -> Path:
    """An empty file where there is none: no key was ever rotated."""
    if not path_of(home).exists():
        nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in COLUMNS.items())
        with duckdb.connect() as connection:
            write(connection, f"select {nothing} limit 0", home)
    return path_of(home)


def forget(home: Path, keys: Iterable[str]) -> int:
    """Remove what is known of some keys, old or new: their person was erased. Returns the number of rows."""
    path = path_of(home)
    if not path.exists():
        return 0
    with duckdb.connect() as connection:
        connection.execute("create temp table gone as select unnest($keys::text[]) as key", {"keys": list(keys)})
        connection.execute(
            f"create temp table kept as from read_parquet({literal(path)}) anti join gone on key in (old_key, new_key)"
        )
        (removed,) = connection.execute(
            f"select (select count(*) from read_parquet({literal(path)})) - (select count(*) from kept)"
        ).fetchone() or (0,)
        if removed:
            write(connection, "from kept order by all", home)
    return int(removed)


def write(connection: duckdb.DuckDBPyConnection, query: str, home: Path) -> None:
    """Replace the rows in one step."""
    path = path_of(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    finished = path.with_name(".new")
    connection.execute(f"copy ({query}) to {literal(finished)} (format parquet)")
    put(finished, path)
