"""JSON to text columns: pages are opened down to the innermost records, numbers keep their exact text (GEN-02, GEN-03)."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from deliveries.columns import Parsed, require, unknown_name
from deliveries.encodings import CleanText
from deliveries.errors import NotParsable, Truncated
from deliveries.registry import Column, VendorObject
from deliveries.storage import Workshop

NO_MALFORMED = "create or replace temp table malformed (record bigint, reason text, is_short boolean, line text)"
ROWS_AT_ONCE = 10_000
DECODER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=str
)  # made once: statements come by the million
Record = dict[str, Any]
Malformed = list[tuple[int, str, bool, str]]


def read(text: CleanText, o: VendorObject, workshop: Workshop, *, is_deletes: bool) -> Parsed:
    """Lay the records of one page, or of an array of pages, out as columns; JSON Lines are records line by line."""
    workshop.connection.execute(NO_MALFORMED)
    malformed: Malformed = []
    records = _lines(text, malformed) if o.format == "jsonl" else _paged(text, o)
    layout = _Layout(o)
    blocks: list[
        tuple[Path, list[str], int]
    ] = []  # a block at a time, since lines may be many; each knows only the names that it saw
    while block := list(islice(records, ROWS_AT_ONCE)):
        columns = layout.columns(block)
        path = workshop.scratch / f"block{len(blocks)}.parquet"
        pq.write_table(pa.table(list(columns.values()), names=[f"c{place}" for place in range(len(columns))]), path)
        blocks.append((path, list(columns), len(block)))
    if malformed and not blocks:
        raise NotParsable(f"not JSON Lines: none of {len(malformed)} lines is an object")
    if malformed:
        workshop.connection.executemany("insert into malformed values (?, ?, ?, ?)", malformed)
    if blocks:
        require(o, sorted(layout.present), is_deletes=is_deletes)
    names = sorted({name for _, seen, _ in blocks for name in seen})
    registered = {column.name: column for column in o.columns}
    known = {column.name.lower() for column in o.columns}
    unknown = {name: unknown_name(name, place, known) for place, name in enumerate(names) if name not in registered}
    target = workshop.scratch / "split.parquet"
    _join(blocks, names, target)
    raw_names = [unknown.get(name) or (name if registered[name].load else None) for name in names]
    return Parsed(target, tuple(raw_names), tuple(unknown.values()), len(malformed))


def column_names(content: str, o: VendorObject) -> list[str]:
    """The columns that a text's records would fill; of a page that does not open, its own members."""
    loaded = _parse(content)
    pages = [page for page in (loaded if isinstance(loaded, list) else [loaded]) if isinstance(page, dict)]
    layout = _Layout(o)
    try:
        found = layout.columns(
            [record for number, page in enumerate(pages, start=1) for record in _records(page, number, o)]
        )
    except NotParsable:
        return sorted({name for page in pages for name in page})
    return sorted(name for name in found if name in layout.present or not layout.is_deep(name))


def _parse(content: str) -> Any:
    try:
        return DECODER.decode(content)
    except json.JSONDecodeError as error:
        offset = len(content[: error.pos].encode())
        if error.msg.startswith("Unterminated string") or not content[error.pos :].strip():
            raise Truncated(f"the JSON ends early, at byte {offset}") from None
        raise NotParsable(f"not JSON at byte {offset}") from None
    except RecursionError:
        raise NotParsable("the JSON is nested too deeply") from None


def _paged(text: CleanText, o: VendorObject) -> Iterator[Record]:
    loaded = _parse(text.path.read_bytes().decode("utf-8-sig"))
    pages = loaded if isinstance(loaded, list) else [loaded]
    for number, page in enumerate(pages, start=1):
        yield from _records(page, number, o)


def _lines(text: CleanText, malformed: Malformed) -> Iterator[Record]:
    """The objects of the lines. A line that is none is set aside in its place; a last line that ends early refuses the file."""
    place = 0
    with text.path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            content = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if not content:
                continue
            place += 1
            try:
                record = _parse(content)
            except (NotParsable, Truncated):
                record = None
            if isinstance(record, dict):
                yield record
            elif not line.endswith(b"\n"):
                raise Truncated(f"line {number}, the last, ends early")
            else:
                malformed.append((place, "not_json", False, content))


def _records(page: Any, number: int, o: VendorObject) -> Iterator[dict[str, Any]]:
    """The innermost records of a page, each with the page's columns laid over it."""
    if not isinstance(page, dict):
        raise NotParsable(f"page {number} is not an object")
    columns = {column.name: column for column in o.columns}
    envelope = {}
    for name, path in o.envelope.items():
        value = next(iter(find(page, path)), None)
        if columns[name].required and _text(value) is None:
            raise NotParsable(f"page {number} carries no {path}")
        envelope[name] = value
    for record, carried in _opened(page, number, envelope, o):
        yield {**record, **carried}


def _opened(page: Record, number: int, envelope: Record, o: VendorObject) -> Iterator[tuple[Record, Record]]:
    """The records at the end of the path, each with the envelope as the records on the way to it give it."""
    nodes = [(page, envelope)]
    path = ""
    for step in o.records.split(".") if o.records else []:
        part = step.removesuffix("?")
        path = f"{path}.{part}" if path else part
        inside = {name: p.removeprefix(f"{path}.") for name, p in o.envelope.items() if p.startswith(f"{path}.")}
        found = [(node[part], carried) for node, carried in nodes if node.get(part) is not None]
        if nodes and not found:
            if step != part:
                break  # the page is the record
            raise NotParsable(f"page {number} has no {path}")
        members = [(m, carried) for value, carried in found for m in (value if isinstance(value, list) else [value])]
        for place, (member, _) in enumerate(members, start=1):
            if not isinstance(member, dict):
                raise NotParsable(f"page {number}, record {place} of {path} is not an object")
        nodes = [
            (member, carried | {name: next(iter(find(member, p)), None) for name, p in inside.items()})
            for member, carried in members
        ]
    yield from nodes


def find(node: Any, path: str) -> list[Any]:
    """Values at a dotted path. Lists on the way are opened; the last one only if the path says so with `[]`."""
    nodes = [node]
    parts = path.split(".")
    for depth, part in enumerate(parts):
        name = part.removesuffix("[]")
        nodes = [n[name] for n in nodes if isinstance(n, Mapping) and n.get(name) is not None]
        if part != name or depth < len(parts) - 1:
            nodes = [inner for n in nodes for inner in (n if isinstance(n, list) else [n])]
    return nodes


class _Layout:
    """Where the values of a record go: which raw column each member and each path fills."""

    def __init__(self, o: VendorObject) -> None:
        self.deep = [(column, column.path.split(".")) for column in o.columns if column.path and column.load]
        self.opened = {column.path.split(".")[0].removesuffix("[]") for column in o.columns if column.path}
        self.flat = {n.lower(): c.name for c in o.columns if not c.path for n in (c.name, *c.aliases)}
        self.present: set[str] = set()  # columns that any record has

    def is_deep(self, name: str) -> bool:
        """Whether a column is found by a path."""
        return any(column.name == name for column, _ in self.deep)

    def columns(self, records: list[Record]) -> dict[str, pa.Array]:
        """The records as text columns by name."""
        columns: dict[str, list[str | None]] = {}
        for name in dict.fromkeys(name for record in records for name in record):
            registered = self.flat.get(name.lower())
            if registered:
                self.present.add(registered)
            elif name in self.opened:
                continue
            values = [_text(record.get(name)) for record in records]
            before = columns.get(registered or name)  # the same column in two spellings
            columns[registered or name] = (
                [b if v is None else v for v, b in zip(values, before, strict=True)] if before else values
            )
        for column, parts in self.deep:
            columns[column.name] = [_at(record, column, parts) for record in records]
            if any(value is not None for value in columns[column.name]):
                self.present.add(column.name)
        return {name: pa.array(map(_sound, values), pa.string()) for name, values in columns.items()}


def _at(record: Record, column: Column, parts: list[str]) -> str | None:
    """The text at a column's path: the first value of several, or one text for all of them."""
    if column.text:
        return _joined(find(record, column.path), column)
    node: Any = record
    for name in parts:
        if isinstance(node, list) or name.endswith("[]"):
            return _text(next(iter(find(record, column.path)), None))
        node = node.get(name) if isinstance(node, dict) else None
    return _text(node)


def _joined(values: list[Any], column: Column) -> str | None:
    """One text for a set of small objects, such as the ids of a learner (CME-08)."""
    parts = [[_text(value.get(member)) for member in column.text] for value in values if isinstance(value, Mapping)]
    texts = sorted({":".join(map(str, part)) for part in parts if all(part)})
    if column.joined:
        return ";".join(texts) or None
    preferred = (text for beginning in column.prefer for text in texts if text.startswith(f"{beginning}:"))
    return next(preferred, texts[0] if texts else None)


def _text(value: Any) -> str | None:
    """A JSON value as text: nothing for null and the empty text (GEN-17), JSON for objects and arrays."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _join(blocks: list[tuple[Path, list[str], int]], names: list[str], target: Path) -> None:
    """One file of all blocks, with a column for every name that any of them saw."""
    schema = pa.schema([(f"c{place}", pa.string()) for place in range(max(len(names), 1))])
    with pq.ParquetWriter(target, schema) as writer:
        for path, seen, rows in blocks:
            block = dict(zip(seen, pq.read_table(path).columns, strict=True))
            nothing = pa.nulls(rows, pa.string())
            writer.write_table(pa.table([block.get(name, nothing) for name in names] or [nothing], schema=schema))
            path.unlink()


def _sound(value: str | None) -> str | None:
    """Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes a question mark."""
    return value if value is None or value.isascii() else value.encode("utf-8", "replace").decode()
