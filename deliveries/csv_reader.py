"""CSV to text columns. DuckDB splits; Python only looks at the header and at files that DuckDB calls odd."""

import csv
import io
import mmap
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from deliveries.columns import Parsed, match
from deliveries.encodings import CleanText
from deliveries.errors import NotParsable, Truncated
from deliveries.registry import VendorObject
from deliveries.storage import Workshop, literal

HEADER_LIMIT = 1 << 20
LONGEST_LINE = 64 << 20  # bytes; a longer record is quarantined
USUAL_LINE = 2_000_000  # DuckDB's own limit: more costs memory, so it is raised only for a file that needs it

# Line ends outside quotes, in any style, blank lines with them.
BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
LINE_ENDS = re.compile(rb'"[^"]*"|(?:\r\n|\r|\n)+')

MALFORMED = """
    create or replace temp table malformed as
    select
        cast(line as bigint) - 1 as record,
        case
            when bool_or(error_type = 'LINE SIZE OVER MAXIMUM') then 'line_too_long'
            when bool_or(error_type = 'UNQUOTED VALUE') then 'malformed_quote'
            else 'field_count'
        end as reason,
        bool_and(error_type = 'MISSING COLUMNS') as is_short,
        any_value(csv_line) as line
    from reject_errors
    group by all
"""


def read(text: CleanText, o: VendorObject, workshop: Workshop, *, is_deletes: bool) -> Parsed:
    """Split a delivery into columns; refuse it if it is no CSV of this object or ends early."""
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        start = file.read(HEADER_LIMIT)
    header = column_names(start, o.delimiter)
    names, unknown = match(header, o, is_deletes=is_deletes)
    ends_in_returns = "\r" in start and "\n" not in start
    if ends_in_returns or (len(header) == 1 and _holds(text, BLANK_LINE)):  # DuckDB reads neither as we do
        text = _with_one_line_end(text, workshop.scratch)
    try:
        reasons = _split(text, len(header), o.delimiter, workshop)
    except duckdb.InvalidInputException:  # mixed line ends
        text = _with_one_line_end(text, workshop.scratch)
        reasons = _split(text, len(header), o.delimiter, workshop)
    if reasons and _holds(text, BLANK_LINE):  # DuckDB counts blank lines as records once it rejects some
        text = _with_one_line_end(text, workshop.scratch)
        reasons = _split(text, len(header), o.delimiter, workshop)
    if text.quotes % 2 or "malformed_quote" in reasons:
        refuse_open_quote(text, o.delimiter)
    if reasons and not text.ends_with_newline and _last_row_is_short(workshop):
        raise Truncated(f"the last line ends early, at byte {text.size}")
    return Parsed(_target(workshop), names, unknown, sum(reasons.values()))


def column_names(start: str, delimiter: str) -> list[str]:
    """The column names in the first record of a text."""
    try:
        header = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        raise NotParsable("line 1 is no header of column names") from None
    if not any(name.strip() for name in header):
        raise NotParsable("line 1 is no header of column names")
    return header


def _holds(text: CleanText, pattern: re.Pattern[bytes]) -> bool:
    with text.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return pattern.search(content) is not None


def _target(workshop: Workshop) -> Path:
    return workshop.scratch / "split.parquet"


def _split(
    text: CleanText, width: int, delimiter: str, workshop: Workshop, longest: int = USUAL_LINE
) -> dict[str, int]:
    """Write the good rows to Parquet, the others to `malformed`; returns how many of these have which reason."""
    connection = workshop.connection
    columns = ", ".join(f"c{place}: 'VARCHAR'" for place in range(width))
    size = f", max_line_size = {longest}, buffer_size = {2 * longest}, parallel = false" if longest > USUAL_LINE else ""
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans")
    connection.execute(
        f"copy (select * from read_csv({literal(text.path)}, auto_detect = false, header = true, columns = {{{columns}}},"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', strict_mode = true, store_rejects = true{size}))"
        f" to {literal(_target(workshop))} (format parquet)"
    )
    connection.execute(MALFORMED)
    reasons = dict(connection.execute("select reason, count(*) from malformed group by all").fetchall())
    if "line_too_long" in reasons and longest == USUAL_LINE:
        return _split(text, width, delimiter, workshop, min(text.size + 1, LONGEST_LINE))
    return reasons


def _last_row_is_short(workshop: Workshop) -> bool:
    (is_short,) = workshop.connection.execute(
        f"select coalesce(bool_or(is_short and record = (select count(*) from read_parquet({literal(_target(workshop))}))"
        " + (select count(*) from malformed)), false) from malformed"
    ).fetchone() or (False,)
    return bool(is_short)


def _with_one_line_end(text: CleanText, scratch: Path) -> CleanText:
    """A copy whose records all end in a line feed, without blank lines; line ends inside quotes stay as they are."""
    target = scratch / "lines"
    with (
        text.path.open("rb") as file,
        target.open("wb") as out,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        kept = 0
        for found in LINE_ENDS.finditer(content):
            if content[found.start()] != ord('"'):
                out.write(content[kept : found.start()])
                out.write(b"\n")
                kept = found.end()
        out.write(content[kept:])
    final = scratch / "text"
    target.replace(final)
    return replace(text, path=final)


def refuse_open_quote(text: CleanText, delimiter: str) -> None:
    """Read on past the end: if a line put there is not a record of its own, a quote was still open."""
    csv.field_size_limit(max(text.size * 2, csv.field_size_limit()))
    beyond = secrets.token_hex(16)

    def lines() -> Iterator[str]:
        with text.path.open(encoding="utf-8-sig", newline="") as file:
            yield from file
        yield "\n"
        yield beyond

    began = ended = 0
    reader = csv.reader(lines(), delimiter=delimiter)
    for record in reader:
        if record == [beyond]:
            return
        began, ended = ended + 1, reader.line_num
    raise Truncated(f"a quote opened in the record at line {began} is still open at the end of the file")
