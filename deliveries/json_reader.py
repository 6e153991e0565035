"""JSON to text columns: pages are opened down to the innermost records, numbers keep their exact text (GEN-02, GEN-03)."""

import json
from collections.abc import Iterator, Mapping
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
ROWS_AT_ONCE = 50_000


def read(text: CleanText, o: VendorObject, workshop: Workshop, *, is_deletes: bool) -> Parsed:
    """Lay the records of one page, or of an array of pages, out as columns; JSON Lines are records line by line."""
    workshop.connection.execute(NO_MALFORMED)
    content = text.path.read_bytes().decode("utf-8-sig")
    malformed: list[tuple[int, str, bool, str]] = []
    if o.format == "jsonl":
        records = _lines(content, text, malformed)
    else:
        loaded = _parse(content)
        pages = loaded if isinstance(loaded, list) else [loaded]
        records = [record for number, page in enumerate(pages, start=1) for record in _records(page, number, o)]
    if malformed:
        workshop.connection.executemany("insert into malformed values (?, ?, ?, ?)", malformed)
    rows, present = _rows(records, o)
    if records:
        require(o, sorted(present), is_deletes=is_deletes)
    names = sorted({name for row in rows for name in row})
    registered = {column.name: column for column in o.columns}
    known = {column.name.lower() for column in o.columns}
    unknown = {name: unknown_name(name, place, known) for place, name in enumerate(names) if name not in registered}
    target = workshop.scratch / "split.parquet"
    _write(rows, names, target)
    raw_names = [unknown.get(name) or (name if registered[name].load else None) for name in names]
    return Parsed(target, tuple(raw_names), tuple(unknown.values()), len(malformed))


def _parse(content: str) -> Any:
    try:
        return json.loads(content, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        offset = len(content[: error.pos].encode())
        if error.msg.startswith("Unterminated string") or not content[error.pos :].strip():
            raise Truncated(f"the JSON ends early, at byte {offset}") from None
        raise NotParsable(f"not JSON at byte {offset}") from None
    except RecursionError:
        raise NotParsable("the JSON is nested too deeply") from None


def _lines(content: str, text: CleanText, malformed: list[tuple[int, str, bool, str]]) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    lines = content.split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = _parse(line)
        except (NotParsable, Truncated):
            record = None
        if isinstance(record, dict):
            records.append(record)
        elif number == len(lines) and not text.ends_with_newline:
            raise Truncated(f"line {number}, the last, ends early")
        else:
            malformed.append((len(records) + len(malformed) + 1, "not_json", False, line))
    return records


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
    if not o.records:
        records = [page]
    elif not find(page, o.records):
        raise NotParsable(f"page {number} has no {o.records}")
    else:
        records = find(page, o.records + "[]")
    for place, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise NotParsable(f"page {number}, record {place} of {o.records} is not an object")
        yield {**record, **envelope}


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


def _rows(records: list[dict[str, Any]], o: VendorObject) -> tuple[list[dict[str, str | None]], set[str]]:
    """Each record as texts by column name, and the columns that any record has."""
    deep = [column for column in o.columns if column.path]
    opened = {column.path.split(".")[0].removesuffix("[]") for column in deep}
    flat = {n.lower(): c.name for c in o.columns if not c.path for n in (c.name, *c.aliases)}
    present: set[str] = set()
    rows = []
    for record in records:
        row: dict[str, str | None] = {}
        for name, value in record.items():
            registered = flat.get(name.lower())
            if registered:
                row[registered] = _text(value)
                present.add(registered)
            elif name not in opened:
                row[name] = _text(value)
        for column in deep:
            values = find(record, column.path)
            if values:
                present.add(column.name)
            row[column.name] = _joined(values, column) if column.text else _text(values[0] if values else None)
        rows.append(row)
    return rows, present


def _joined(values: list[Any], column: Column) -> str | None:
    """One text for a set of small objects, such as the ids of a learner (CME-08)."""
    parts = [[_text(value.get(member)) for member in column.text] for value in values if isinstance(value, Mapping)]
    texts = sorted({":".join(map(str, part)) for part in parts if all(part)})
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


def _write(rows: list[dict[str, str | None]], names: list[str], target: Path) -> None:
    schema = pa.schema([(f"c{place}", pa.string()) for place in range(len(names))] or [("c0", pa.string())])
    with pq.ParquetWriter(target, schema) as writer:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            columns = {f"c{place}": [_sound(row.get(name)) for row in part] for place, name in enumerate(names)}
            writer.write_table(pa.table(columns or {"c0": [None] * len(part)}, schema=schema))


def _sound(value: str | None) -> str | None:
    """Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes a question mark."""
    return value if value is None or value.isascii() else value.encode("utf-8", "replace").decode()
