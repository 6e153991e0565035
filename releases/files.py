"""The files of a release: where they lie, and how they are opened, hashed and made durable."""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from deliveries.storage import literal

MARTS = "marts"  # the audience whose tables are also written as Parquet
MANIFEST = "manifest.json"
GATE = Path("quality") / "gate.json"
REPORT = Path("report") / "index.html"
QUALITY = Path("quality") / "index.html"
DOCS = Path("docs") / "index.html"


def database(folder: Path, audience: str) -> Path:
    """The DuckDB file of an audience."""
    return folder / f"{audience}.duckdb"


def parquet(folder: Path, schema: str, table: str) -> Path:
    """The Parquet file of a table."""
    return folder / "parquet" / schema / f"{table}.parquet"


@contextmanager
def opened(path: Path, *, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a release's file; a written file is left whole, without a write-ahead log beside it."""
    with closing(duckdb.connect(str(path), read_only=read_only)) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection
        if not read_only:
            connection.execute("checkpoint")
    if path.with_name(path.name + ".wal").exists():
        raise RuntimeError(f"{path.name} still has a write-ahead log: it cannot be published.")


def write_parquet(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """A table as one Parquet file, in the order of its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy {table} to {literal(path)} (format parquet, compression zstd)")


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder, by relative path, the manifest apart."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in paths}


def data_hashes(folder: Path) -> dict[str, str]:
    """The hashes of the files that hold rows: what the gate audits."""
    paths = [*folder.glob("*.duckdb"), *folder.glob("parquet/*/*.parquet")]
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(paths)}
