"""Right of access: all that is held about one person, as files that a steward can hand on after reading them.

Reads the home and writes into a folder of its own, open to its owner alone. Removes nothing.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deliveries import raw
from deliveries.registry import Registry, load, load_overrides
from deliveries.storage import identifier, literal
from erasure.errors import FolderNotEmpty, PersonAmbiguous, PersonUnknown
from erasure.people import Person, Request, find
from erasure.traces import Tracer
from erasure.warehouse import Known, known_people
from orchestration.settings import PROJECT_DIR, Settings

SCHEMAS = ("restricted", "core", "engagement", "governance")
README = """# All that is held about one person

Made by `rapport export-person`. This folder names the person: keep it as you would keep the records themselves, and
read it before you hand it on, because texts that people wrote may speak of others too.

`deliveries/` holds the rows as the systems delivered them, under the systems' own column names; `_delivery` and `_row` say
which file and which record. A record that was delivered several times is there several times. `warehouse/` holds what was
made of them: schema `restricted` names the person, the others know the person by the pseudonym `hcp_key`. Times are UTC.
`index.csv` lists the files with their rows.

"""


def export_person(
    settings: Settings, requests: list[Request], out: Path, progress: Callable[[str], None] = lambda at: None
) -> Counter[str]:
    """Write the files into a new or empty folder; returns the rows per file."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderNotEmpty(f"{out} is there and not empty: name a folder that is new or empty.")
    progress("who it is")
    registry = load(PROJECT_DIR).overridden(load_overrides(settings.home))
    people = find(settings, requests)
    if not (known := [person for person in people if person.is_known]):
        raise PersonUnknown("Nothing is held under this id. Is its type right, and was the person erased?")
    if len(known) > 1:
        raise PersonAmbiguous([request for person in known for request in person.requests])
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    out.chmod(0o700)
    with known_people(settings, registry) as warehouse:
        writing = _Writing(out, warehouse, known[0])
        progress("deliveries")
        writing.deliveries(settings, registry)
        for table in warehouse.tables(SCHEMAS):
            progress(table)
            writing.table(table, _described(settings))
        writing.index()
    return writing.rows


class _Writing:
    """One export at work."""

    def __init__(self, out: Path, known: Known, person: Person) -> None:
        self.out, self.known, self.person = out, known, person
        self.rows: Counter[str] = Counter()
        self.words: dict[str, str] = {}

    def deliveries(self, settings: Settings, registry: Registry) -> None:
        """The person's rows of raw, and those that hang on them."""
        connection = self.known.connection
        own = set(self.known.all_marks(self.person.ids))
        self.known.leave(own)
        tracer = Tracer(connection, settings.home, registry)
        trace = tracer.trace(own)
        places = [row.place for row in trace.rows.values() if row.is_about or trace.goes(row)]
        connection.execute(
            "create or replace temp table exported (system text, object text, delivery text, row bigint)"
        )
        if places:
            connection.executemany("insert into exported values (?, ?, ?, ?)", places)
        for o, rows in tracer.objects:
            if any(place[:2] == (o.system, o.name) for place in places):
                lineage = ", ".join(name for name in raw.LINEAGE if name not in ("_delivery", "_row", "_delivered_at"))
                query = (
                    f"select * exclude ({lineage}) from ({rows}) as raw_rows where exists (select 1 from exported"
                    f" where system = {literal(o.system)} and object = {literal(o.name)}"
                    " and delivery = raw_rows._delivery and row = raw_rows._row) order by _delivery, _row"
                )
                self._write(f"deliveries/{o.system}.{o.name}.csv", query, o.description)

    def table(self, table: str, descriptions: dict[str, str]) -> None:
        """The rows of a table that bear a pseudonym or an id of the person."""
        relation = f"warehouse.{table}"
        columns = [
            row[0] for row in self.known.connection.execute(f"describe {relation}").fetchall() if row[1] == "VARCHAR"
        ]
        if not columns:
            return
        names = (
            self.person.keys | self.person.touchpoint_ids | {value for _, _, value in self.person.ids if len(value) > 4}
        )
        self.known.connection.execute(
            "create or replace temp table names as select unnest($names::text[]) as name", {"names": sorted(names)}
        )
        named = " or ".join(f"{identifier(column)} in (select name from names)" for column in columns)
        self._write(f"warehouse/{table}.csv", f"select * from {relation} where {named}", descriptions.get(table, ""))

    def index(self) -> None:
        """The list of files, in a table and in words."""
        with self._open("index.csv") as file:
            lines = csv.writer(file)
            lines.writerow(("file", "rows", "what"))
            lines.writerows((name, self.rows[name], self.words[name]) for name in sorted(self.rows))
        listed = "".join(f"- `{name}` ({self.rows[name]:,} rows): {self.words[name]}\n" for name in sorted(self.rows))
        with self._open("README.md") as file:
            file.write(README + listed)

    def _write(self, name: str, query: str, words: str) -> None:
        path = self.out / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        self.known.connection.execute(f"copy ({query}) to {literal(path)} (format csv, header true)")
        path.chmod(0o600)
        (rows,) = self.known.connection.execute(f"select count(*) from ({query})").fetchone() or (0,)
        if not rows:
            path.unlink()
            return
        self.rows[name], self.words[name] = rows, " ".join(words.split())

    def _open(self, name: str) -> Any:
        path = self.out / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        return path.open("w", encoding="utf-8", newline="")


def _described(settings: Settings) -> dict[str, str]:
    nodes = json.loads(settings.manifest.read_text())["nodes"].values()
    return {f"{n['schema']}.{n['alias']}": n.get("description", "") for n in nodes if n["resource_type"] == "model"}
