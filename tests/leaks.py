"""Where does a string stand? Every file under a folder: its bytes, and every cell of Parquet and DuckDB files."""

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


def places_of(strings: Iterable[str], *folders: Path, cased: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(file, string) for each string found below the folders, whatever its case; those of `cased` just as they are."""
    folded = {text: text.lower().encode() for text in strings}
    exact = {text: text.encode() for text in cased}

    def find(content: bytes) -> Iterator[str]:
        yield from (text for text, wanted in exact.items() if wanted in content)
        content = content.lower()
        yield from (text for text, wanted in folded.items() if wanted in content)

    return matches(find, *folders)


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds: its bytes, and its cells or its unpacked text."""
    data = path.read_bytes()
    yield data
    if data[:2] == b"\x1f\x8b":
        yield zlib.decompress(data, wbits=31)
    if path.suffix == ".parquet":
        yield _cells(f"read_parquet('{path}')", duckdb.default_connection())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            tables = database.execute("select table_schema, table_name from information_schema.tables").fetchall()
            for schema, table in tables:
                yield _cells(f'"{schema}"."{table}"', database)


def _cells(relation: str, connection: duckdb.DuckDBPyConnection) -> bytes:
    rows = connection.execute(f"select distinct concat_ws(chr(10), *columns(*)) from {relation}").fetchall()
    return "\n".join(row[0] for row in rows).encode()
