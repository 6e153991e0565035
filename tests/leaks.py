"""Where does a string stand? Every file under a folder: its bytes, and every cell of Parquet and DuckDB files."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb


def matches(find: Callable[[bytes], Iterable[str]], *folders: Path) -> list[tuple[str, str]]:
    """(file, string) for whatever a search finds below the folders: one pass over each file, however much is looked for."""
    return [
        (str(path), text)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for text in sorted({text for content in contents(path) for text in find(content)})
    ]


def places_of(strings: Iterable[str], *folders: Path) -> list[tuple[str, str]]:
    """(file, string) for each string found below the folders; compressed files are searched decompressed too."""
    wanted = {text.lower().encode(): text for text in strings}
    pattern = re.compile(b"|".join(re.escape(each) for each in sorted(wanted, key=len, reverse=True)))
    return matches(lambda content: (wanted[hit] for hit in pattern.findall(content)), *folders)


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds: its bytes, and its cells or its unpacked text, in lower case."""
    data = path.read_bytes()
    yield data.lower()
    if data[:2] == b"\x1f\x8b":
        yield zlib.decompress(data, wbits=31).lower()
    if path.suffix == ".parquet":
        yield _cells(f"read_parquet('{path}')", duckdb.connect())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            tables = database.execute("select table_schema, table_name from information_schema.tables").fetchall()
            for schema, table in tables:
                yield _cells(f'"{schema}"."{table}"', database)


def _cells(relation: str, connection: duckdb.DuckDBPyConnection) -> bytes:
    rows = connection.execute(f"select distinct columns(*)::text from {relation}").fetchall()
    return "\n".join("" if cell is None else cell for row in rows for cell in row).lower().encode()
