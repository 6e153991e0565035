"""Old-to-new of the pseudonyms' keys, kept beside the raw rows: it outlives every rebuild, and dbt reads it as a source.

It holds pseudonyms only. Who makes the rows is `orchestration/rotation.py`.
"""

from pathlib import Path

import duckdb

from deliveries.storage import literal, put

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


def write(connection: duckdb.DuckDBPyConnection, query: str, home: Path) -> None:
    """Replace the rows in one step."""
    path = path_of(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    finished = path.with_name(".new")
    connection.execute(f"copy ({query}) to {literal(finished)} (format parquet)")
    put(finished, path)
