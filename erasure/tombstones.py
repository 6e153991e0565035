"""Writing tombstones, and the memory of shared mailboxes: what an erasure leaves behind on purpose, as keyed hashes only."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from deliveries.tombstones import guarded_path, key_path, keyed, path_of, read_key
from orchestration.durable import put
from orchestration.pseudonyms import lend_key, make_key

SCHEMA = pa.schema([("tombstone", pa.string()), ("erased_at", pa.timestamp("us"))])


def bury(home: Path, marks: Iterable[str]) -> int:
    """Add the tombstones of some marks, on disk before this returns; how many are new."""
    before = pq.read_table(path_of(home)).to_pylist() if path_of(home).exists() else []
    known = {row["tombstone"] for row in before}
    at = datetime.now(UTC).replace(tzinfo=None)
    new = [{"tombstone": each, "erased_at": at} for each in sorted(_hashed(home, marks) - known)]
    if new:
        _write(pa.Table.from_pylist([*before, *new], schema=SCHEMA), path_of(home))
    return len(new)


def remember_guarded(home: Path, addresses: Iterable[str]) -> None:
    """Keep shared mailboxes guarded although holders of them go: erasing must not switch edges on for others."""
    path = guarded_path(home)
    before = set(pq.read_table(path).column("address_hash").to_pylist()) if path.exists() else set()
    known = before | _hashed(home, addresses)
    if known != before:
        _write(pa.table({"address_hash": pa.array(sorted(known), pa.string())}), path)


def _hashed(home: Path, texts: Iterable[str]) -> set[str]:
    if not path_of(home).exists():
        make_key(key_path(home))
    with duckdb.connect() as connection:
        lend_key(connection, read_key(home), "tombstone")
        query = f"select {keyed('text')} from (select unnest($texts::text[]) as text)"
        return {row[0] for row in connection.execute(query, {"texts": sorted(texts)}).fetchall()}


def _write(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    finished = path.with_name(f".{path.name}.new")
    finished.touch(mode=0o600)
    pq.write_table(table, finished)
    put(finished, path)
