"""Files of the home that appear whole or not at all, and the DuckDB connection that writes them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from deliveries.errors import NotParsable, ReceptionFailed
from orchestration.durable import make_private

MEMORY_LIMIT = "4GB"  # a reception streams; this bounds sorting of keys and one row group per thread


@dataclass(frozen=True)
class Workshop:
    """Where a reception works: a connection, and a scratch folder on the same disk as the raw files."""

    connection: duckdb.DuckDBPyConnection
    scratch: Path


@contextmanager
def workshop(folder: Path) -> Iterator[Workshop]:
    """Open a workshop in a folder that is emptied first: a killed run may have left files there."""
    shutil.rmtree(folder, ignore_errors=True)
    make_private(folder)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder / "spill"),
        "autoload_known_extensions": "false",
    }
    try:
        with duckdb.connect(config=settings) as connection:
            yield Workshop(connection, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def value_free() -> Iterator[None]:
    """DuckDB's errors quote cells: keep their kind only, and tell a bad file from a bad machine."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise NotParsable(f"the content cannot be parsed ({type(error).__name__})") from None
    except duckdb.Error as error:
        raise ReceptionFailed(
            f"DuckDB stopped with {type(error).__name__}: is the disk full, or memory short?"
        ) from None


def literal(text: object) -> str:
    """A text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
