"""A search of files for what identifies people: raw bytes, decompressed bytes, and every cell of Parquet and DuckDB files.

One pass over each file however many strings are looked for: eight bytes of each string are its mark, and a window of eight
bytes that is no mark costs a look into a table. So it finds strings of eight characters or more (ruling 58). It knows
paths and counts; what it found is never part of its answer.
"""

import bz2
import io
import json
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import duckdb
import numpy as np

from deliveries.registry import Registry
from deliveries.storage import identifier, literal

MARK = 8  # bytes; the shortest string that says something by itself
CHUNK = 1 << 24
GZIP = zlib.MAX_WBITS + 16
FEW, BATCH = 100_000, 1 << 18  # rows
SLOTS = 20  # bits of the table that rules most windows out
SPREAD = np.uint64(0x9E3779B97F4A7C15)  # an odd number near 2^64 / golden ratio: neighbours land far apart
HOLD_NO_TEXT = ("BOOLEAN", "DATE", "TIME", "DOUBLE", "FLOAT", "INTERVAL")

Relation = tuple[str, list[str]]  # SQL that names it, and its columns that can hold text


class Needles:
    """Strings in every spelling in which a file may hold them, whatever its case."""

    def __init__(self, strings: Iterable[str]) -> None:
        """Shorter strings than MARK are left out."""
        spellings = {spelling for text in strings if len(text) >= MARK for spelling in _spellings(text)}
        windows = Counter(window for each in spellings for window in _windows(each))
        self._by_mark: dict[int, list[tuple[int, bytes]]] = {}
        for each in spellings:  # the rarest window: many addresses share a domain, many links a beginning
            offset = min(range(len(each) - MARK + 1), key=lambda i: (windows[each[i : i + MARK]], i))
            mark = int.from_bytes(each[offset : offset + MARK], "little")
            self._by_mark.setdefault(mark, []).append((offset, each))
        self._marks = np.array(sorted(self._by_mark), dtype="<u8")
        self._table = np.zeros(1 << SLOTS, dtype=bool)
        self._table[_slots(self._marks)] = True
        self.longest = max((len(each) for each in spellings), default=0)

    def found_in(self, data: bytes) -> set[bytes]:
        """Which spellings stand in a piece of a file."""
        data, found = data.lower(), set()
        if len(data) < MARK or not len(self._marks):
            return set()
        for start in range(MARK):
            windows = np.frombuffer(data, "<u8", (len(data) - start) // MARK, start if len(data) >= start + MARK else 0)
            places = np.flatnonzero(self._table[_slots(windows)])
            nearest = np.minimum(np.searchsorted(self._marks, windows[places]), len(self._marks) - 1)
            for place in places[self._marks[nearest] == windows[places]]:
                at = start + MARK * int(place)
                for offset, spelling in self._by_mark[int(windows[place])]:
                    if at >= offset and data.startswith(spelling, at - offset):
                        found.add(spelling)
        return found


@dataclass
class Search:
    """What was searched so far, and the files with a hit: how many strings each holds."""

    hits: dict[Path, int] = field(default_factory=dict)
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)  # as it was when searched: when changed, how long

    @property
    def files(self) -> int:
        """How many files were searched."""
        return len(self._seen)

    @property
    def bytes(self) -> int:
        """How long they are together."""
        return sum(size for _, size in self._seen.values())

    def run(
        self,
        folders: Iterable[Path],
        needles: Needles,
        apart: Collection[Path] = (),
        progress: Callable[[Path], None] = lambda path: None,
    ) -> None:
        """Search every file below folders, but for those set apart and those that have not changed since a search before.

        Links are not followed: what they point to has a place of its own.
        """
        paths = {path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
        self._seen = {path: state for path, state in self._seen.items() if path in paths}
        self.hits = {path: count for path, count in self.hits.items() if path in paths}
        with duckdb.connect() as connection:
            for path in sorted(paths - set(apart)):
                now = path.stat()
                if self._seen.get(path) == (now.st_mtime_ns, now.st_size) and path not in self.hits:
                    continue
                progress(path)
                pieces = _pieces(connection, path, needles.longest)
                found = {
                    spelling
                    for is_strung, piece in pieces
                    for spelling in needles.found_in(piece)
                    if not spelling.isdigit() or not (is_strung or _is_part(spelling, piece))
                }
                self._seen[path] = now.st_mtime_ns, now.st_size
                self.hits.pop(path, None)
                if found:
                    self.hits[path] = len(found)


def short_ids(home: Path, registry: Registry, ids: Iterable[tuple[str, str, str]]) -> dict[Path, int]:
    """Files of raw with a cell that equals an id too short to be looked for in bytes, in a column of ids of its kind."""
    wanted: dict[str, set[str]] = {}
    for _, kind, value in ids:
        if len(value) < MARK:
            wanted.setdefault(kind, set()).add(value)
    found: Counter[Path] = Counter()
    columns = [(o, c) for o in registry.objects for c in o.loaded if isinstance(c.person, str) and c.person in wanted]
    with duckdb.connect() as connection:
        for o, column in columns:
            files = literal(home / "raw" / o.system / o.name / "*.parquet")
            query = (
                f"select filename, count(*) from read_parquet({files}, union_by_name = true, filename = true)"
                f" where trim({identifier(column.name)}) in (select unnest($values::text[])) group by 1"
            )
            values = {"values": sorted(wanted[str(column.person)])}
            found.update({Path(name): rows for name, rows in connection.execute(query, values).fetchall()})
    return dict(found)


def relations(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Relation]:
    """The tables of a DuckDB file that the connection has open, or the one of a Parquet file."""
    if path.suffix == ".parquet":
        file = f"read_parquet({literal(path)})"
        columns = [
            (file, name, kind) for name, kind, *_ in connection.execute(f"describe select * from {file}").fetchall()
        ]
    else:
        described = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() join duckdb_tables()"
            " using (database_oid, schema_name, table_name) order by schema_name, table_name, column_index"
        ).fetchall()
        columns = [(f"{identifier(s)}.{identifier(t)}", name, kind) for s, t, name, kind in described]
    tables: dict[str, list[str]] = {table: [] for table, _, _ in columns}
    for table, name, kind in columns:
        if not kind.startswith(HOLD_NO_TEXT) or kind.endswith("]"):
            tables[table].append(name)
    return list(tables.items())


def _spellings(text: str) -> set[bytes]:
    """As UTF-8, Windows-1252 and UTF-16, in JSON and in a link; lower case where the bytes are letters of ASCII."""
    texts = {text, text.lower(), text.upper(), json.dumps(text)[1:-1], quote(text)}
    spelt = {each.encode(code) for each in texts for code in ("utf-8", "utf-16-le", "utf-16-be")}
    spelt |= {each.encode("windows-1252", errors="ignore") for each in texts}
    return {each.lower() for each in spelt if len(each) >= MARK}


def _is_part(number: bytes, data: bytes) -> bool:
    """Whether a number stands in longer ones or in hashes alone: there it says nothing, and eight digits are soon met by chance."""
    before, after = rb"(?<![0-9])(?<![0-9]\.)(?<![0-9a-f]{8})", rb"(?!\.?[0-9])(?![0-9a-f]{8})"
    return re.search(before + number + after, data) is None


def _windows(spelling: bytes) -> Iterator[bytes]:
    return (spelling[i : i + MARK] for i in range(len(spelling) - MARK + 1))


def _slots(windows: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return (windows * SPREAD) >> np.uint64(64 - SLOTS)


def _pieces(connection: duckdb.DuckDBPyConnection, path: Path, longest: int) -> Iterator[tuple[bool, bytes]]:
    """A file's bytes, what they unpack to, and its cells, in pieces that overlap by the longest string.

    True stands beside bytes in which cells lie next to each other without an end: there two numbers make a third, which says
    nothing. The same cells follow one by one.
    """
    yield from ((path.suffix == ".duckdb", piece) for piece in bytes_of(path, longest))
    if path.suffix == ".parquet":
        yield from ((False, piece) for piece in _cells(connection, path))
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as own:
            yield from ((False, piece) for piece in _cells(own, path))


def bytes_of(path: Path, overlap: int) -> Iterator[bytes]:
    """The bytes of a file, and what they unpack to up to the byte that spoils them, in pieces that overlap."""
    with path.open("rb") as file:
        begin = file.read(max(map(len, _UNPACK)))
        unpacked = (_UNPACK[mark] for mark in _UNPACK if begin.startswith(mark))
        for pieces in (_chunks, *unpacked):
            file.seek(0)
            yield from _overlapping(pieces(file), overlap)


def _overlapping(pieces: Iterable[bytes], overlap: int) -> Iterator[bytes]:
    kept = b""
    for piece in pieces:
        yield kept + piece
        kept = (kept + piece)[-overlap:] if overlap else b""


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _of_gzip(file: io.BufferedReader) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=GZIP)
    for chunk in _chunks(file):
        packed = chunk
        while packed:
            before = inflater.copy()
            try:
                yield inflater.decompress(packed, CHUNK)
            except zlib.error:  # it says nothing of what came before the bad byte
                with suppress(zlib.error):
                    yield from (before.decompress(packed[i : i + 1]) for i in range(len(packed)))
                return
            packed = inflater.unconsumed_tail or inflater.unused_data
            if inflater.eof:
                inflater = zlib.decompressobj(wbits=GZIP)


def _of_zip(file: io.BufferedReader) -> Iterator[bytes]:
    """An archive, or a workbook, which is one."""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            with (
                suppress(zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError),
                archive.open(name) as member,
            ):
                yield from _chunks(member)


def _of_stream(opener: Callable[[io.BufferedReader], IO[bytes]]) -> Callable[[io.BufferedReader], Iterator[bytes]]:
    def pieces(file: io.BufferedReader) -> Iterator[bytes]:
        with suppress(OSError, EOFError, lzma.LZMAError), opener(file) as unpacked:
            yield from _chunks(unpacked)

    return pieces


_UNPACK: dict[bytes, Callable[[io.BufferedReader], Iterator[bytes]]] = {
    b"\x1f\x8b": _of_gzip, b"PK": _of_zip, b"BZh": _of_stream(bz2.open), b"\xfd7zXZ": _of_stream(lzma.open),
}  # fmt: skip


def _cells(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[bytes]:
    """Each cell ends with a line feed, so that no two of them make a third."""
    for table, columns in relations(connection, path):
        texts = [f"cast({identifier(column)} as text)" for column in columns]
        (rows,) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)
        if rows < FEW and texts:
            queries = [f"select concat_ws(chr(10), {', '.join(texts)}) || chr(10) from {table}"]
        else:  # most columns of a long table hold few values
            queries = [f"select distinct {text} || chr(10) from {table}" for text in texts]
        for query in queries:
            for batch in connection.execute(query).fetch_record_batch(BATCH):
                yield bytes(batch.column(0).buffers()[-1] or b"")
