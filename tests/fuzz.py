"""Deliveries as nobody should send them: each a sound file of an object, spoilt in one way.

A spoiling takes the sound file and a random generator and returns the bytes to deliver. The marks that it writes into cells
all begin with MARK, so that a test can search logs for them.
"""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deliveries.registry import Registry, VendorObject

MARK = "qvxcanary"
Table = list[list[str]]
Spoil = Callable[[bytes, random.Random], bytes]

CELLS = [
    "", " ", "NULL", "N/A", "--", "NaN", "-inf", "1e400", "0x1F", "１２３", "00012", "1,5", "1.000.000,00", "912345678901234567",
    "1234567890123456789", "0000-00-00", "2026-02-31", "31/12/2026", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59.999+0000",
    "infinity", "epoch", "12:00", "yes", "TRUE ", "=cmd|' /C calc'!A0", "@SUM(1+1)", "'; drop table raw; --", "{{ 1/0 }}",
    "${jndi:ldap://x}", "😀👩‍⚕️", "\u202eabc", "ﷺ", "a\u0000b", "a\tb", 'say "hi"', "line\nbreak", "\\N", "\ufeff", "%s%n",
    "012AB000000001", "001EX0000000001", "-1", "Invented_vod", "2026-01-01T00:00:00+9999",
]  # fmt: skip


def _rows(data: bytes) -> Table:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _bytes(rows: Table) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def _mark(chance: random.Random) -> str:
    return f"{MARK}{chance.randrange(10**6):06d}"


def _some_cells(change: Callable[[str, random.Random], str], share: float = 0.3) -> Spoil:
    def spoil(data: bytes, chance: random.Random) -> bytes:
        header, *rows = _rows(data)
        return _bytes([header, *([change(c, chance) if chance.random() < share else c for c in row] for row in rows)])

    return spoil


def _one_column(change: Callable[[str, random.Random], str]) -> Spoil:
    def spoil(data: bytes, chance: random.Random) -> bytes:
        header, *rows = _rows(data)
        place = chance.randrange(len(header))
        for row in rows:
            row[place : place + 1] = [change(row[place], chance)] if place < len(row) else []
        return _bytes([header, *rows])

    return spoil


def _columns(choose: Callable[[list[int], random.Random], list[int]]) -> Spoil:
    def spoil(data: bytes, chance: random.Random) -> bytes:
        rows = _rows(data)
        places = choose(list(range(len(rows[0]))), chance)
        return _bytes([[row[p] if p < len(row) else "" for p in places] for row in rows])

    return spoil


def _header(change: Callable[[list[str], random.Random], list[str]]) -> Spoil:
    def spoil(data: bytes, chance: random.Random) -> bytes:
        header, *rows = _rows(data)
        return _bytes([change(header, chance), *rows])

    return spoil


def _insert(what: bytes) -> Spoil:
    def spoil(data: bytes, chance: random.Random) -> bytes:
        at = chance.randrange(len(data) + 1)
        return data[:at] + what + data[at:]

    return spoil


def _renamed(header: list[str], chance: random.Random) -> list[str]:
    place = chance.randrange(len(header))
    return [*header[:place], "Renamed__c", *header[place + 1 :]]


ANY: dict[str, Spoil] = {
    "truncated": lambda data, chance: data[: chance.randrange(len(data))],
    "empty": lambda data, chance: b"",
    "utf-16": lambda data, chance: data.decode().encode("utf-16"),
    "windows-1252": lambda data, chance: (data.decode() + "é\n").encode("cp1252", "replace"),
    "two byte order marks": lambda data, chance: b"\xef\xbb\xbf" * 2 + data,
    "a byte that is not UTF-8": _insert(b"\xa0"),
    "zero bytes": _insert(b"\x00" * 7),
    "a quote": _insert(b'"'),
    "carriage returns": lambda data, chance: data.replace(b"\n", b"\r"),
    "mixed line ends": lambda data, chance: b"".join(
        line + chance.choice([b"\n", b"\r\n", b"\r"]) for line in data.split(b"\n")
    ),
    "twice in one file": lambda data, chance: data + data,
    "noise": lambda data, chance: chance.randbytes(500),
    "another format": lambda data, chance: b"<xml><row>" + data[:200].replace(b"<", b"") + b"</row></xml>",
    "gzip inside": lambda data, chance: gzip.compress(data),
}
CSV: dict[str, Spoil] = {
    "no rows": lambda data, chance: _bytes(_rows(data)[:1]),
    "no header": lambda data, chance: _bytes(_rows(data)[1:]),
    "blank lines": lambda data, chance: data.replace(b"\n", b"\n\n"),
    "semicolons": lambda data, chance: data.replace(b",", b";"),
    "short rows": lambda data, chance: _bytes(
        [r[: chance.randint(1, len(r))] if n else r for n, r in enumerate(_rows(data))]
    ),
    "long rows": lambda data, chance: _bytes([[*r, _mark(chance)] if n else r for n, r in enumerate(_rows(data))]),
    "columns in another order": _columns(lambda places, chance: chance.sample(places, len(places))),
    "a column dropped": _columns(lambda places, chance: [p for p in places if p != chance.choice(places)] or places),
    "a column twice": _columns(lambda places, chance: [*places, chance.choice(places)]),
    "half of the columns": _columns(lambda places, chance: sorted(chance.sample(places, len(places) // 2 + 1))),
    "a column renamed": _header(_renamed),
    "headers in capitals with blanks": _header(lambda header, chance: [f" {name.upper()} " for name in header]),
    "a nameless column": _header(lambda header, chance: ["", *header[1:]]),
    "odd cells": _some_cells(lambda cell, chance: chance.choice(CELLS)),
    "a column of odd cells": _one_column(lambda cell, chance: chance.choice(CELLS)),
    "marks": _some_cells(lambda cell, chance: _mark(chance), 0.15),
    "a column of marks": _one_column(lambda cell, chance: _mark(chance)),
    "an empty column": _one_column(lambda cell, chance: ""),
    "all empty": _some_cells(lambda cell, chance: "", 1.0),
    "blown up cells": _some_cells(lambda cell, chance: (cell or _mark(chance)) * 2000, 0.02),
    "stray quotes": _some_cells(lambda cell, chance: f'{cell}"x', 0.1),
    "bare quotes": lambda data, chance: data.replace(b",", b',"', chance.randint(1, 5)),
}
VALUES: list[Any] = [*CELLS, None, True, 0, -1.5, 10**30, [], {}, [[[]]], {"a": {"b": [1, "x"]}}, ["x"] * 3]


def _in_json(change: Callable[[Any, random.Random], Any], share: float) -> Spoil:
    def walk(node: Any, chance: random.Random) -> Any:
        if chance.random() < share:
            return change(node, chance)
        if isinstance(node, dict):
            return {key: walk(value, chance) for key, value in node.items()}
        return [walk(value, chance) for value in node] if isinstance(node, list) else node

    def spoil(data: bytes, chance: random.Random) -> bytes:
        lines = data.decode().splitlines() if data.count(b"\n{") else [data.decode()]
        return "\n".join(json.dumps(walk(json.loads(line), chance)) for line in lines).encode() + b"\n"

    return spoil


JSON: dict[str, Spoil] = {
    "odd values": _in_json(lambda node, chance: chance.choice(VALUES), 0.1),
    "few odd values": _in_json(lambda node, chance: chance.choice(VALUES), 0.01),
    "marks": _in_json(lambda node, chance: _mark(chance) if isinstance(node, str) else node, 0.2),
    "an array round everything": lambda data, chance: b"[" * 3 + data.strip() + b"]" * 3,
    "nested deep": lambda data, chance: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested deep in a value": lambda data, chance: data.replace(
        b":", b": " + b"[" * 600 + b"]" * 600 + b', "deeper":', 1
    ),
    "NaN": lambda data, chance: data.replace(b'""', b"NaN").replace(b"null", b"-Infinity"),
    "half a surrogate": lambda data, chance: data.replace(b'": "', b'": "\\ud83d', 3),
    "members twice": lambda data, chance: data.replace(
        b"{", b'{"id": "' + _mark(chance).encode() + b'", "uuid": 7, ', 2
    ),
    "a mark alone": lambda data, chance: json.dumps(_mark(chance)).encode(),
    "null": lambda data, chance: b"null\n",
}


def sound_file(o: VendorObject, landing: Path, chance: random.Random) -> bytes:
    """The smallest simulated delivery of an object that has rows; of an object without any, one made from its declaration."""
    files = sorted(landing.glob(f"{o.system}/{o.name}/*.*"), key=lambda path: path.stat().st_size)
    if files:
        lines = files[-1].read_bytes().splitlines(keepends=True)
        return b"".join(lines[:40]) if o.format in ("csv", "jsonl") else files[0].read_bytes()
    if o.format == "csv":
        cells = [[_cell(column.type, chance) for column in o.loaded] for _ in range(20)]
        return _bytes([[column.aliases[0] if column.aliases else column.name for column in o.loaded], *cells])
    return json.dumps({column.name: _cell(column.type, chance) for column in o.loaded}).encode()


def _cell(kind: str, chance: random.Random) -> str:
    by_kind = {
        "date": "2026-02-03",
        "timestamp": "2026-02-03T10:00:00Z",
        "integer": "3",
        "decimal": "1.5",
        "boolean": "true",
    }
    return by_kind.get(kind, f"x{chance.randrange(1000)}")


def spoilt(registry: Registry, landing: Path, systems: set[str], count: int, seed: int) -> Iterator[tuple[Path, bytes]]:
    """`count` deliveries, as places below a landing folder and bytes: the objects in turn, each spoilt in another way."""
    chance = random.Random(seed)
    objects = [o for o in registry.objects if o.system in systems]
    ways = {o.format: [*ANY.items(), *(JSON if o.format.startswith("json") else CSV).items()] for o in objects}
    for each in ways.values():
        chance.shuffle(each)
    sound = [sound_file(o, landing, chance) for o in objects]
    for number in range(count):
        o = objects[number % len(objects)]
        name, spoil = ways[o.format][(number // len(objects) + number) % len(ways[o.format])]
        ending = "json" if o.format == "json" else o.format.replace("sections", "csv")
        packed = ".gz" if number % 11 == 5 else ""
        data = spoil(sound[number % len(objects)], chance)
        word = name.replace(" ", "-")
        place = Path(o.system, o.name, f"202606{1 + number % 28:02d}T{number // 28:06d}Z_{word}.{ending}{packed}")
        yield place, gzip.compress(data) if packed else data
