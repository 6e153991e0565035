"""The strings by which one person could be found in any file: ids, addresses, numbers, names, texts.

A string counts if it has eight characters or more and stands in no row that stays (ruling 58). A person's own ids always count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from deliveries.registry import VendorObject
from deliveries.storage import identifier
from erasure.scan import MARK, Needles
from erasure.traces import Trace, Tracer
from erasure.warehouse import Id, Known

SHORTEST_TEXT = 20  # of what people wrote; shorter texts are anybody's


def strings_of(known: Known, tracer: Tracer, people: Mapping[str, tuple[set[Id], Trace]]) -> dict[str, set[str]]:
    """The strings of each person."""
    connection = known.connection
    connection.execute(
        "create or replace temp table taken (system text, object text, delivery text, row bigint, person text)"
    )
    rows = [
        (*place, key)
        for key, (_, trace) in people.items()
        for place, row in trace.rows.items()
        if row.is_about or trace.goes(row)
    ]
    if rows:
        connection.executemany("insert into taken values (?, ?, ?, ?, ?)", rows)
    places = {place for _, trace in people.values() for place, row in trace.rows.items() if trace.goes(row)}
    candidates: dict[str, dict[str, str]] = {key: {} for key in people}  # person -> folded -> as written
    for key, text in _cells(connection, tracer, {place[:2] for place in places}):
        candidates[key].setdefault(text.lower(), text)
    for key in people:
        for text in _names(known, key):
            candidates[key].setdefault(text.lower(), text)
        for folded in _places(known, key):
            candidates[key].pop(folded, None)
    own = {key: {text for id_ in ids for text in _spelt(id_)} for key, (ids, _) in people.items()}
    ids = {text.lower() for texts in own.values() for text in texts}
    others = {folded for texts in candidates.values() for folded in texts} - ids
    shared = within_names_of_others(known, others, people) | _shared(connection, tracer, others, ids)
    found: dict[str, set[str]] = {}
    for key in people:
        texts = {**{text.lower(): text for text in own[key]}, **candidates[key]}
        found[key] = {text for folded, text in texts.items() if folded not in shared}
    return found


def _cells(
    connection: duckdb.DuckDBPyConnection, tracer: Tracer, places: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """(person, text) of the cells that identify, in the rows that go."""
    for o, rows in tracer.objects:
        if (o.system, o.name) not in places:
            continue
        columns = [
            (c.name, SHORTEST_TEXT if c.free_text else MARK) for c in o.loaded if c.identifier is True or c.free_text
        ]
        columns += [("_line", SHORTEST_TEXT)]
        texts = ", ".join(
            f"case when length({identifier(n)}) >= {least} then trim({identifier(n)}) end" for n, least in columns
        )
        query = (
            f"select distinct person, text from (select person, unnest([{texts}]) as text from ({rows}) as raw_rows"
            f" inner join taken on taken.system = $system and taken.object = $object"
            f" and taken.delivery = raw_rows._delivery and taken.row = raw_rows._row) where length(text) >= {MARK}"
        )
        yield from connection.execute(query, {"system": o.system, "object": o.name}).fetchall()


def _names(known: Known, person: str) -> Iterator[str]:
    """First and last name together, in the ways in which they are written."""
    clusters, nodes = known.relations["identity_clusters"], known.relations["identity_nodes"]
    query = (
        f"with named as (select person_key, trim(first_name) as given, trim(last_name) as family from {nodes}"
        f" inner join {clusters} using (source_system, id_type, id_value))"
        " select distinct given, family from named where person_key = $key"
    )
    for given, family in known.connection.execute(query, {"key": person}).fetchall():
        if given and family:
            texts = (f"{given} {family}", f"{family}, {given}", f"{family} {given}")
            yield from (text for text in texts if len(text) >= MARK)


def within_names_of_others(known: Known, texts: Iterable[str], people: Iterable[str] = ()) -> set[str]:
    """Those of some texts, in small letters, that stand in the full name of anybody but some people: a record may have first and
    last name in cells of their own, and Tricia is no sign of herself in Patricia."""
    clusters, nodes = known.relations["identity_clusters"], known.relations["identity_nodes"]
    query = (
        f"with named as (select lower(trim(first_name)) as given, lower(trim(last_name)) as family from {nodes}"
        f" inner join {clusters} using (source_system, id_type, id_value) where person_key not in (select unnest($keys::text[])))"
        " select distinct concat_ws(chr(10), given || ' ' || family || ' ' || given, family || ', ' || given) from named"
    )
    rows = known.connection.execute(query, {"keys": sorted(people)}).fetchall()
    return {text.decode() for text in Needles(texts).found_in("\n".join(row[0] for row in rows).encode())}


def _places(known: Known, person: str) -> set[str]:
    """What says where somebody works, and as what: no more a person's than a town is."""
    clusters, nodes = known.relations["identity_clusters"], known.relations["identity_nodes"]
    query = (
        f"select unnest([city, region, postal_code, specialty]) as text from {nodes}"
        f" inner join {clusters} using (source_system, id_type, id_value) where person_key = $key"
    )
    return {str(row[0]).lower() for row in known.connection.execute(query, {"key": person}).fetchall() if row[0]}


def _spelt(id_: Id) -> set[str]:
    """An id, and what of it says as much: without its provider or its kind."""
    value = id_[2]
    return {part for part in (value, value.split("|")[-1], value.split(":")[-1]) if len(part) >= MARK}


def _shared(connection: duckdb.DuckDBPyConnection, tracer: Tracer, folded: set[str], ids: set[str]) -> set[str]:
    """Those of some texts that stand in rows that stay, as a whole cell or within a cell that identifies somebody; a word also
    within any cell but free text, and a name within a record's key: an Anderson's erasure takes no facility's name, and no
    click on a link of that name. And those of some ids that are part of a longer word there: ada@example.org is no sign of Ada
    in canada@example.org."""
    connection.execute(
        "create or replace temp table candidates as select unnest($texts::text[]) as text", {"texts": sorted(folded)}
    )
    needles = Needles(folded | ids)
    names = {text for text in folded if not re.search(r"[0-9@]", text)}
    words = {text for text in names if not re.search(r"\s", text)}
    shared: set[str] = set()
    for o, rows in tracer.objects:
        columns = ", ".join(f"lower(trim({identifier(c.name)}))" for c in o.loaded)
        staying = (
            f"(select * from ({rows}) as raw_rows anti join (select * from taken where system = $system and object = $object)"
            " as gone on gone.delivery = raw_rows._delivery and gone.row = raw_rows._row)"
        )
        place = {"system": o.system, "object": o.name}
        cells = f"select distinct text from (select unnest([{columns}]) as text from {staying})"
        query = f"{cells} where text in (select text from candidates)"
        shared |= {row[0] for row in connection.execute(query, place).fetchall()}
        identifying = _identifying(o)
        others = [c for c in o.loaded if c.name not in identifying]
        # A number is part of a longer one in any column, a record's key or an amount as well.
        for columns_read, named in (
            (identifying, folded),
            ([c.name for c in others if c.name in o.key], names),
            ([c.name for c in others if c.name not in o.key and not c.free_text], words),
            ([c.name for c in others if c.free_text], set()),
        ):
            if not columns_read:
                continue
            texts = ", ".join(f"lower({identifier(column)})" for column in columns_read)
            query = f"select distinct text || chr(10) from (select unnest([{texts}]) as text from {staying}) where length(text) >= {MARK}"
            for batch in connection.execute(query, place).fetch_record_batch(1 << 18):
                data = bytes(batch.column(0).buffers()[-1] or b"")
                for spelling in needles.found_in(data):
                    text = spelling.decode(errors="ignore")
                    if text in named or (text in ids and _is_part_of_a_word(spelling, data)):
                        shared.add(text)
    return shared


def _is_part_of_a_word(spelling: bytes, data: bytes) -> bool:
    word = re.escape(spelling)
    return re.search(rb"[a-z0-9._+-]" + word + rb"|" + word + rb"[a-z0-9]", data) is not None


def _identifying(o: VendorObject) -> list[str]:
    return [c.name for c in o.loaded if c.identifier is True and not c.free_text]
