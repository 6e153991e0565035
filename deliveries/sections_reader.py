"""Many-table CSV to text columns: a head with names and values, then sections, each with a title and a header (WEB-06).

Every line of a section becomes a row that carries the head's values and its section's title. The registry says under
`sections` which column takes the title (`name_in`), how a section without title is called (`untitled`), which sections
hold the audience and what they cannot do without (`audience`), and which column takes the columns it lacks (`rest_in`).
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import pyarrow as pa
import pyarrow.parquet as pq

from deliveries.columns import Parsed, match, unknown_name
from deliveries.csv_reader import refuse_open_quote
from deliveries.encodings import CleanText
from deliveries.errors import ColumnsMissing, DeliveryRefused, NotParsable, Truncated
from deliveries.json_reader import NO_MALFORMED, Malformed
from deliveries.registry import Column, VendorObject
from deliveries.storage import Workshop

HEADER_NAMES = 2  # a line that holds as many of a section's column names is a header


@dataclass(frozen=True)
class Line:
    """A line that is not blank: where it begins in the file, and its cells without surrounding blanks."""

    number: int
    cells: list[str]

    @property
    def title(self) -> str:
        """The line's only word; empty if it has several cells."""
        first, *others = self.cells
        return "" if any(others) else first

    @property
    def width(self) -> int:
        """Cells without the trailing commas."""
        return max((place for place, cell in enumerate(self.cells, start=1) if cell), default=0)


@dataclass(frozen=True)
class Header:
    """A header against the registry: what each column is called, and the titles that the registry lacks."""

    cells: int  # with the trailing commas, which every row repeats
    width: int
    names: dict[int, str]  # place -> registered column that is loaded
    unknown: dict[int, str]  # place -> title as it is written


def read(text: CleanText, o: VendorObject, workshop: Workshop, *, is_deletes: bool) -> Parsed:
    """Lay the lines of all sections out as rows of one table; refuse a report without head or audience."""
    if is_deletes:
        raise NotParsable("a report in sections is no list of keys to delete")
    if text.quotes:
        refuse_open_quote(text, o.delimiter)
    lines = _lines(text, o.delimiter)
    report = _Report(o)
    body = report.take_head(lines)
    for line, following in zip_longest(body, body[1:]):
        report.take(line, following)
    report.close(lines[-1], is_cut=not text.ends_with_newline)
    target = workshop.scratch / "split.parquet"
    workshop.connection.execute(NO_MALFORMED)
    if report.malformed:
        workshop.connection.executemany("insert into malformed values (?, ?, ?, ?)", report.malformed)
    names = sorted({name for row in report.rows for name in row} | {c.name for c in o.loaded})
    columns = [pa.array([row.get(name) for row in report.rows], pa.string()) for name in names]
    pq.write_table(pa.table(columns, names=[f"c{place}" for place in range(len(names))]), target)
    return Parsed(target, tuple(names), tuple(sorted(report.drift)), len(report.malformed))


def _lines(text: CleanText, delimiter: str) -> list[Line]:
    csv.field_size_limit(max(text.size * 2, csv.field_size_limit()))
    lines, number = [], 1
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    lines.append(Line(number, [cell.strip() for cell in cells]))
                number = reader.line_num + 1
        except csv.Error:
            raise NotParsable(f"line {number} cannot be split into cells") from None
    return lines or [Line(1, [""])]


class _Report:
    """One file, taken line by line."""

    def __init__(self, o: VendorObject) -> None:
        self.o, self.delimiter, self.settings = o, o.delimiter, o.sections
        self.registered = {c.name.lower() for c in o.columns}
        made = {self.settings["name_in"], self.settings["rest_in"]}
        self.head_part = replace(o, columns=tuple(c for c in o.columns if c.in_head))
        self.section_part = replace(o, columns=tuple(c for c in o.columns if not c.in_head and c.name not in made))
        self.titles = next(c.values for c in o.columns if c.name == self.settings["name_in"])
        self.null_words = next(c.null_words for c in o.columns if c.name == self.settings["rest_in"])
        self.head: dict[str, str | None] = {}
        self.name, self.begun, self.is_header_due = "", 0, False  # the section at hand, and the line of its title
        self.header: Header | None = None
        self.seen: set[str] = set()
        self.rows: list[dict[str, str | None]] = []
        self.malformed: Malformed = []
        self.malformed_at = 0
        self.drift: set[str] = set()

    def take_head(self, lines: Sequence[Line]) -> list[Line]:
        """Read names and values of the head; returns the lines after them."""
        required = [c for c in self.head_part.columns if c.required]
        for place, line in enumerate(lines):
            held = {cell.lower() for cell in line.cells}
            if all(held & _names(column) for column in required):
                break
            if line.title in self.titles or place == len(lines) - 1:
                wanted = ", ".join(" or ".join((*c.aliases, c.name)) for c in required)
                raise NotParsable(f"up to line {line.number} no line names {wanted}: the head of the report is missing")
        header = self._header(line, self.head_part)
        values = lines[place + 1] if place + 1 < len(lines) else None
        if values is None or values.title or values.width > header.width or len(values.cells) < header.width:
            raise NotParsable(f"line {line.number} is a head without its values on the next line")
        for at, name in header.names.items():
            self.head[name] = values.cells[at] or None
        for at, title in header.unknown.items():
            self.head[unknown_name(title, at, self.registered)] = values.cells[at] or None
        return list(lines[place + 2 :])

    def take(self, line: Line, following: Line | None) -> None:
        """A title, a header or a row of the section at hand."""
        if self.is_header_due:
            self._begin(line)
        elif line.title and (line.title in self.titles or self._is_header(following)):
            self.name, self.begun, self.is_header_due = line.title, line.number, True
        elif self.header is None:
            self.name = self.settings["untitled"]
            self._begin(line)
        else:
            self._row(line, self.header)

    def close(self, last: Line, *, is_cut: bool) -> None:
        """Refuse what ends before its content does, and what has no audience."""
        if self.is_header_due:
            raise Truncated(f"the section that begins at line {self.begun}, the last, has no header")
        if is_cut and self.malformed_at == last.number and self.malformed[-1][2]:
            raise Truncated(f"line {last.number}, the last, ends early")
        audience = self.settings["audience"]
        if not self.seen & set(audience):
            raise NotParsable(f"the report ends at line {last.number} without a section {' or '.join(audience)}")

    def _begin(self, line: Line) -> None:
        self.header, self.is_header_due = self._header(line, self.section_part), False
        needed = self.settings["audience"].get(self.name, [])
        if missing := [name for name in needed if name not in self.header.names.values()]:
            raise ColumnsMissing(f"line {line.number}: required column missing: {', '.join(missing)}")
        self.seen.add(self.name)

    def _row(self, line: Line, header: Header) -> None:
        is_short = len(line.cells) < header.cells
        if is_short or line.width > header.width:
            place = len(self.rows) + len(self.malformed) + 1
            self.malformed.append((place, "field_count", is_short, self.delimiter.join(line.cells)))
            self.malformed_at = line.number
            return
        answers = [{"title": title, "value": line.cells[at]} for at, title in header.unknown.items()]
        answers = [a for a in answers if a["value"] and a["value"] not in self.null_words]
        row: dict[str, str | None] = {
            **self.head,
            **{name: line.cells[at] or None for at, name in header.names.items()},
            self.settings["name_in"]: self.name,
            self.settings["rest_in"]: json.dumps(answers, ensure_ascii=False) if answers else None,
        }
        self.rows.append(row)

    def _is_header(self, line: Line | None) -> bool:
        held = {cell.lower() for cell in line.cells} if line else set()
        return sum(bool(held & _names(column)) for column in self.section_part.columns) >= HEADER_NAMES

    def _header(self, line: Line, part: VendorObject) -> Header:
        cells = line.cells[: line.width]
        try:
            names, _ = match(cells, part, is_deletes=False)
        except DeliveryRefused as refused:
            raise type(refused)(f"line {line.number}: {refused}") from None
        registered = {c.name for c in part.columns}
        found = {at: name for at, name in enumerate(names) if name in registered}
        others = {at: cells[at] for at, name in enumerate(names) if name and name not in registered}
        self.drift |= {unknown_name(title, at, self.registered) for at, title in others.items()}
        return Header(len(line.cells), len(cells), {at: str(name) for at, name in found.items()}, others)


def _names(column: Column) -> set[str]:
    return {name.lower() for name in (column.name, *column.aliases)}
