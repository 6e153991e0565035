"""The raw layer's files: one Parquet per applied delivery, every vendor column as text, and where each row came from."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from deliveries.columns import Parsed
from deliveries.registry import VendorObject
from deliveries.storage import Workshop, identifier, literal
from deliveries.tombstones import ERASED, Tombstones, sieve_of
from orchestration.durable import put

LINEAGE = {
    "_delivery": "text",  # file name
    "_row": "bigint",  # record number in the file, from 1
    "_delivered_at": "timestamp",  # the extract's instant, UTC
    "_hash": "text",  # over all vendor columns, in hex: to tell rows of one key apart, not to find rows by
    "_reason": "text",  # why the line could not be split into columns, or `erased`; null for all others
    "_line": "text",  # such a line as it came
}
NULL = "cast(null as text)"
ASIDE = ".refused"  # folder of extracts that are parsed and held back, beside the applied ones


def path_of(home: Path, o: VendorObject, delivery: str, *, aside: bool = False) -> Path:
    """Where the rows of a delivery lie."""
    folder = home / "raw" / o.system / o.name
    return (folder / ASIDE if aside else folder) / f"{delivery}.parquet"


def write(
    workshop: Workshop,
    parsed: Parsed,
    o: VendorObject,
    target: Path,
    delivered_at: datetime,
    *,
    tombstones: Tombstones | None = None,
) -> int:
    """Write the rows of a parsed delivery and return their number, malformed and erased ones included."""
    values = {name: f"c{place}" for place, name in enumerate(parsed.names) if name}
    for column in o.loaded:
        if column.null_words and (value := values.get(column.name)):
            values[column.name] = (
                f"case when {value} not in ({', '.join(map(literal, column.null_words))}) then {value} end"
            )
    columns = [column.name for column in o.loaded]
    columns += sorted(name for name in values if name not in columns)
    selected = ", ".join(f"{values.get(name, NULL)} as {identifier(name)}" for name in columns)
    rows = f"select {selected}, file_row_number + 1 as _good from read_parquet({literal(parsed.rows)}, file_row_number = true)"
    rows = _sifted(rows, o, columns, tombstones)
    content = content_of(values)
    delivery = target.name.removesuffix(".parquet")

    def lineage(row: str, content: str, reason: str = NULL, line: str = NULL) -> str:
        return (
            f"{literal(delivery)} as _delivery, {row} as _row, timestamp {literal(delivered_at)} as _delivered_at,"
            f" to_hex(hash(concat_ws(chr(31), {content}))) as _hash, {reason} as _reason, {line} as _line"
        )

    query = f"select * exclude (_good, _erased), {lineage('_good', content, '_erased')} from ({rows})"
    if parsed.malformed and tombstones:
        tombstones.hide_lines()
    if parsed.malformed:  # good rows move on by the malformed ones before them, and these stand in their places
        nothing = ", ".join(f"{NULL} as {identifier(name)}" for name in columns)
        query = (
            "with places as (select record, row_number() over (order by record) as _bad_before from malformed),"
            " shifts as (select record - _bad_before as _good_before, max(_bad_before) as _bad_before from places group by 1),"
            f" good_rows as ({rows})"
            f" select good_rows.* exclude (_good, _erased), {lineage('_good + coalesce(_bad_before, 0)', content, '_erased')}"
            " from good_rows asof left join shifts on good_rows._good > shifts._good_before"
            f" union all by name select {nothing}, {lineage('record', NULL, 'reason', 'line')} from malformed"
        )
    finished = workshop.scratch / "raw.parquet"
    workshop.connection.execute(f"copy ({query}) to {literal(finished)} (format parquet)")
    put(finished, target)
    return count(workshop, target)


def content_of(names: Iterable[str]) -> str:
    """What a row's hash is taken of. Names are part of it, absent and null columns are not: a column that comes and goes
    empty changes nothing."""
    return ", ".join(f"{literal(name + '=')} || {identifier(name)}" for name in sorted(names)) or NULL


def _sifted(rows: str, o: VendorObject, columns: list[str], tombstones: Tombstones | None) -> str:
    """The rows without what was erased: of such a row only its place stays, and `_erased` says why."""
    if tombstones is None or not tombstones.learn(rows, [o]):
        return f"select *, {NULL} as _erased from ({rows})"
    sieve = sieve_of(o)
    empty = {name: identifier(f"_no {name}") for name in columns if name in sieve.emptied}
    cells = [f"{sieve.emptied[name]} as {place}" for name, place in empty.items()]
    kept = [
        f"case when not (_is_erased or {empty.get(name, 'false')}) then {identifier(name)} end as {identifier(name)}"
        for name in columns
    ]
    return (
        f"select {', '.join(kept)}, _good, case when _is_erased then {literal(ERASED)} end as _erased"
        f" from (select *, {', '.join([f'{sieve.erased} as _is_erased', *cells])} from ({sieve.marked(rows)}))"
    )


def count(workshop: Workshop, path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    (rows,) = workshop.connection.execute(f"select count(*) from read_parquet({literal(path)})").fetchone() or (0,)
    return int(rows)


def write_columns(workshop: Workshop, home: Path, o: VendorObject) -> None:
    """An empty file with all registered columns: an object without deliveries reads as empty, with its types."""
    types = {**{column.name: "text" for column in o.loaded}, **LINEAGE}
    target = home / "raw" / o.system / o.name / "columns.parquet"
    if target.exists():
        described = workshop.connection.execute(f"describe select * from read_parquet({literal(target)})").fetchall()
        if [row[0] for row in described] == list(types):
            return
    selected = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in types.items())
    finished = workshop.scratch / "columns.parquet"
    workshop.connection.execute(f"copy (select {selected} limit 0) to {literal(finished)} (format parquet)")
    put(finished, target)
