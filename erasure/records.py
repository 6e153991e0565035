"""Records out of the text of a delivery, and cells emptied in others; all other bytes of a CSV stay as they are.

Knows formats and record numbers, counted as the readers count them. Who is meant is decided elsewhere.
"""

import json
import mmap
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from deliveries import sections_reader
from deliveries.encodings import CleanText
from deliveries.registry import VendorObject
from erasure.scan import Needles

RECORD = re.compile(rb'(?:[^"\r\n]++|"[^"]*+(?:"|\Z))*+(?:\r\n|\r|\n|\Z)')
LINE_END = re.compile(rb"\r\n|\r|\n")
Span = tuple[int, int]
Content = bytes | mmap.mmap
BLOCK = 1 << 24  # bytes that are searched at once


@dataclass
class Cuts:
    """What is to go from one delivery, by record number from 1."""

    records: set[int] = field(default_factory=set)
    cells: dict[int, set[str]] = field(default_factory=dict)  # record -> raw names of columns


class Number(str):
    """A JSON number as it is written."""


def without(
    content: Content, text: CleanText, o: VendorObject, names: Sequence[str | None], *, cuts: Cuts, needles: Needles
) -> Iterator[bytes]:
    """The content, in UTF-8, without what is to go, in pieces. `names` are the raw names of a CSV's columns in order."""
    if o.format == "json":
        yield _json(content[:], o, cuts, needles)
    elif o.format == "jsonl":
        yield from _lines(content, o, cuts, needles)
    else:
        numbered = _in_sections(content, text, o) if o.format == "sections" else _in_order(content)
        yield from _csv(numbered, o, names, cuts, needles)


def spans(content: Content) -> Iterator[Span]:
    """The records of a CSV with their line ends; blank lines are among them."""
    at = 0
    while at < len(content):
        found = RECORD.match(content, at)
        end = found.end() if found else len(content)
        yield at, max(end, at + 1)
        at = max(end, at + 1)


def _in_order(content: Content) -> Iterator[tuple[int, bytes]]:
    """Each record of a CSV with its number; the header and blank lines have 0."""
    number = -1
    for start, end in spans(content):
        record = content[start:end]
        is_record = bool(record.strip(b"\r\n"))
        number += is_record
        yield (number if is_record else 0), record


def _in_sections(content: Content, text: CleanText, o: VendorObject) -> Iterator[tuple[int, bytes]]:
    """Each line of a report with the number of its record; titles, headers and the head have 0."""
    lines = sections_reader._lines(text, o.delimiter)
    report = sections_reader._Report(o)
    body = report.take_head(lines)
    records: dict[int, int] = {}
    for line, following in zip_longest(body, body[1:]):
        before = len(report.rows) + len(report.malformed)
        report.take(line, following)
        after = len(report.rows) + len(report.malformed)
        if after > before:
            records[line.number] = after
    number = 1
    for start, end in spans(content):
        yield records.get(number, 0), content[start:end]
        number += len(LINE_END.findall(content, start, end))


def _csv(
    numbered: Iterator[tuple[int, bytes]], o: VendorObject, names: Sequence[str | None], cuts: Cuts, needles: Needles
) -> Iterator[bytes]:
    block: list[tuple[int, bytes]] = []
    size = 0
    for number, record in numbered:
        if number not in cuts.records:
            block.append((number, record))
            size += len(record)
        if size > BLOCK:
            yield _block(block, o, names, cuts, needles)
            block, size = [], 0
    yield _block(block, o, names, cuts, needles)


def _block(
    block: list[tuple[int, bytes]], o: VendorObject, names: Sequence[str | None], cuts: Cuts, needles: Needles
) -> bytes:
    """Some records, searched at once; only those in which something is to be empty are taken apart."""
    content = b"".join(record for _, record in block)
    hits = _hits(content, needles)
    if not hits and not any(number in cuts.cells for number, _ in block):
        return content
    kept, at, next_hit = [], 0, 0
    for number, record in block:
        end = at + len(record)
        within = []
        while next_hit < len(hits) and hits[next_hit][0] < end:
            within.append((hits[next_hit][0] - at, hits[next_hit][1] - at))
            next_hit += 1
        emptied = cuts.cells.get(number, ())
        columns = {place for place, name in enumerate(names) if name in emptied}
        kept.append(_emptied(record, o.delimiter.encode(), columns, within) if within or columns else record)
        at = end
    return b"".join(kept)


def _emptied(record: bytes, delimiter: bytes, columns: set[int], hits: Sequence[Span]) -> bytes:
    """A record whose fields at some places, or under some hits, are empty."""
    d = re.escape(delimiter)
    pattern = re.compile(rb'("(?:[^"]|"")*+"[^' + d + rb"\r\n]*|[^" + d + rb"\r\n]*)(" + d + rb"|\r\n|\r|\n|\Z)")
    parts, place, at = [], 0, 0
    while at < len(record) and (found := pattern.match(record, at)):
        is_hit = place in columns or any(a < found.end(1) and b > found.start(1) for a, b in hits)
        parts += [b"" if is_hit else found[1], found[2]]
        at, place = found.end(), place + 1
    body = b"".join(parts)
    return b'""' + body if body == parts[-1] and not body.startswith(delimiter) else body


def _hits(content: bytes, needles: Needles) -> list[Span]:
    folded = content.lower()
    found = []
    for spelling in needles.found_in(content):
        at = folded.find(spelling)
        while at >= 0:
            found.append((at, at + len(spelling)))
            at = folded.find(spelling, at + 1)
    return sorted(found)


def _lines(content: Content, o: VendorObject, cuts: Cuts, needles: Needles) -> Iterator[bytes]:
    number = 0
    at = 0
    while at < len(content):
        start, at = at, content.find(b"\n", at) + 1 or len(content)
        line = content[start:at]
        if not line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield line
            continue
        number += 1
        if number in cuts.records:
            continue
        columns = cuts.cells.get(number, set())
        yield _purified_line(line, o, columns, needles) if columns or needles.found_in(line) else line


def _purified_line(line: bytes, o: VendorObject, columns: set[str], needles: Needles) -> bytes:
    try:
        record = loads(line.decode("utf-8-sig"))
        _empty(record, o, columns)
        return dumps(_purified(record, needles)).encode() + b"\n"
    except ValueError:
        return b"-\n"  # no JSON before either; its place is counted


def _json(content: bytes, o: VendorObject, cuts: Cuts, needles: Needles) -> bytes:
    loaded = loads(content.decode("utf-8-sig"))
    top = {"pages": loaded if isinstance(loaded, list) else [loaded]}
    for number, (holder, key) in enumerate(list(_nodes(top, o)), start=1):
        if number in cuts.records:
            holder[key] = REMOVED
        elif columns := cuts.cells.get(number):
            _empty(holder[key], o, columns)
    top = _purified(_swept(top), needles if needles.found_in(dumps(loaded).encode("utf-8", "replace")) else None)
    pages = top["pages"]
    return dumps(pages[0] if pages and not isinstance(loaded, list) else pages).encode() + b"\n"


def _nodes(top: dict[str, Any], o: VendorObject) -> Iterator[tuple[Any, Any]]:
    """Where each innermost record hangs, in the order in which the reader lays them out."""
    for at in range(len(top["pages"])):
        nodes: list[tuple[Any, Any]] = [(top["pages"], at)]
        for step in o.records.split(".") if o.records else []:
            part = step.removesuffix("?")
            found = [(holder[key], part) for holder, key in nodes if holder[key].get(part) is not None]
            if not found and step != part:
                break  # the page is the record
            nodes = [
                place
                for holder, key in found
                for place in (
                    [(holder[key], i) for i in range(len(holder[key]))]
                    if isinstance(holder[key], list)
                    else [(holder, key)]
                )
            ]
        yield from nodes


def _empty(record: Any, o: VendorObject, columns: set[str]) -> None:
    """Make the members null from which the reader fills some columns."""
    for name in columns if isinstance(record, dict) else ():
        column = next((c for c in o.columns if c.name == name), None)
        *way, last = column.path.replace("[]", "").split(".") if column and column.path else [name]
        spellings = {n.lower() for n in (last, *(column.aliases if column and not column.path else ()))}
        nodes = [record]
        for part in way:
            nodes = [inner for n in nodes for inner in _members(n.get(part)) if isinstance(inner, dict)]
        for node in nodes:
            node |= {key: None for key in node if key.lower() in spellings}


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


REMOVED = Number("removed")


def _swept(value: Any) -> Any:
    """A value without the records that went; a lone record leaves an empty list."""
    if isinstance(value, list):
        return [_swept(each) for each in value if each is not REMOVED]
    if isinstance(value, dict):
        return {key: [] if each is REMOVED else _swept(each) for key, each in value.items()}
    return value


def _purified(value: Any, needles: Needles | None) -> Any:
    """A value whose texts that hold a string are null, and whose members that are named by one are gone."""
    if needles is None:
        return value
    if isinstance(value, list):
        return [_purified(each, needles) for each in value]
    if isinstance(value, dict):
        return {key: _purified(each, needles) for key, each in value.items() if not _holds(key, needles)}
    return None if isinstance(value, str) and _holds(value, needles) else value


def _holds(text: str, needles: Needles) -> bool:
    return bool(needles.found_in(text.encode("utf-8", "replace")))


def loads(content: str) -> Any:
    """JSON whose numbers stay as they are written."""
    return json.loads(content, parse_int=Number, parse_float=Number, parse_constant=Number)


def dumps(value: Any) -> str:
    """JSON text of what `loads` gave."""
    write: Callable[[Any], str] = dumps
    if isinstance(value, Number):
        return value
    if isinstance(value, list):
        return f"[{','.join(map(write, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(key)}:{write(each)}' for key, each in value.items())}}}"
    return json.dumps(value)
