"""The identity tables of the working database, found by what the manifest says that they hold; as marks, in one connection."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import duckdb

from deliveries import raw
from deliveries.registry import Registry
from deliveries.storage import identifier, literal
from deliveries.tombstones import marks_of, system_mark, typed_mark
from orchestration.pseudonyms import lend_key, read_key
from orchestration.settings import Settings

Id = tuple[str, str, str]  # source system, kind, value
EMPTY = {
    "identity_clusters": "source_system, id_type, id_value, person_key, hcp_key, own_key",
    "request_ids": "id_type, id_value, person_key",
    "guarded_mailboxes": "address, reason",
    "identity_nodes": "source_system, id_type, id_value, first_name, last_name, city, region, postal_code, specialty",
    "touchpoints": "touchpoint_id, person_key",
}
ALIKE = 0.9  # family names, by Jaro and Winkler
PSEUDONYM = "^[0-9a-f]{32}$"


class Known:
    """What the warehouse knows of people. Temporary tables: `ids` (mark, person), `surviving` (mark)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relations: dict[str, str], published: list[str]) -> None:
        self.connection, self.relations, self.published = connection, relations, published
        ids = f"select {typed_mark('id_type', 'id_value')} as mark, person_key from "
        connection.execute(
            "create temp table ids as select distinct * from ("
            f"{ids} {relations['request_ids']} union all {ids} {relations['identity_clusters']} union all"
            f" select {system_mark('source_system', 'id_value')}, person_key from {relations['identity_clusters']})"
            " where mark is not null"
        )
        connection.execute(
            f"create temp table guarded as select {typed_mark(literal('email'), 'address')} as mark"
            f" from {relations['guarded_mailboxes']} where address not in ({self._of_one_family})"
        )
        self.leave(set())

    @property
    def _of_one_family(self) -> str:
        """Addresses guarded for the number of their holders that are an HCP's own: all who bear them are nobody but this HCP,
        and have the same family name, slips apart. A person's many spellings are no practice."""
        clusters, nodes = self.relations["identity_clusters"], self.relations["identity_nodes"]
        return (
            "with crowded as (select address, person_key"
            f" from {self.relations['guarded_mailboxes']} inner join {self.relations['request_ids']} on address = id_value"
            " where id_type = 'email' and reason = 'mailbox_limit'),"
            " bearers as (select address, hcp_key, strip_accents(lower(trim(last_name))) as family from crowded"
            f" inner join {clusters} using (person_key) left join {nodes} using (source_system, id_type, id_value)),"
            " likeness as (select address, other.family, count(distinct one.hcp_key) as hcps,"
            f" max(jaro_winkler_similarity(one.family, other.family)) >= {ALIKE} as is_alike"
            " from bearers as one inner join bearers as other using (address) where one.hcp_key is not null group by all)"
            " select address from likeness group by address"
            " having max(hcps) = 1 and bool_and(coalesce(is_alike, family is null))"
        )

    def people(self, mark: str) -> set[str]:
        """The people to whom a mark leads."""
        rows = self.connection.execute("select person_key from ids where mark = $mark", {"mark": mark}).fetchall()
        return {row[0] for row in rows}

    def are_nobody(self, people: set[str]) -> bool:
        """Whether none of some clusters is an HCP."""
        query = (
            f"select 1 from {self.relations['identity_clusters']}"
            " where person_key in (select unnest($keys::text[])) and hcp_key is not null limit 1"
        )
        return not self.connection.execute(query, {"keys": sorted(people)}).fetchall()

    def is_guarded(self, mark: str) -> bool:
        """Whether an address is a shared mailbox."""
        return bool(self.connection.execute("select 1 from guarded where mark = $mark", {"mark": mark}).fetchall())

    def tables(self, schemas: Iterable[str]) -> list[str]:
        """The tables of some schemas, by schema and name."""
        query = (
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'warehouse'"
            " and schema_name in (select unnest($schemas)) order by all"
        )
        return [row[0] for row in self.connection.execute(query, {"schemas": list(schemas)}).fetchall()]

    def leave(self, own: set[str]) -> None:
        """Make `surviving`: the marks of all ids but these."""
        self.connection.execute(
            "create or replace temp table surviving as select distinct mark from ids"
            " where mark not like 'email|%' and mark not in (select unnest($own::text[]))",
            {"own": sorted(own)},
        )

    def ids_of(self, person: str) -> set[Id]:
        """All ids that are this person's alone, under every name that a newer system gives them."""
        nodes = self.connection.execute(
            f"select source_system, id_type, id_value from {self.relations['identity_clusters']} where person_key = $key"
            # An NPI that others bear too, under another name, is no sign of this person: their rows stay, the register's too.
            f" and coalesce({typed_mark('id_type', 'id_value')} not in (select mark from ids where person_key <> $key), true)",
            {"key": person},
        ).fetchall()
        others = self.connection.execute(
            f"select distinct '', id_type, id_value from {self.relations['request_ids']} where person_key = $key"
            f" and {typed_mark('id_type', 'id_value')} not in"
            "  (select mark from ids where person_key <> $key union select mark from guarded)",
            {"key": person},
        ).fetchall()
        ids = {(str(s), str(t), str(v)) for s, t, v in (*nodes, *others)}
        return ids | self._newer({v for _, t, v in ids if t == "veeva_crm_account"})

    def all_marks(self, ids: Iterable[Id]) -> list[str]:
        """The marks of ids, also those under which a system alone is named."""
        given = sorted(ids)
        of_systems = [each for each in given if each[0]]
        return [*self.marks_of_ids(given), *self._marks(of_systems, system_mark("system", "value"))]

    def marks_of_ids(self, ids: list[Id]) -> list[str]:
        """One mark per id, in order."""
        return self._marks(ids, typed_mark("kind", "value"))

    def id_of(self, mark: str) -> Id:
        """The id behind a mark that rows showed."""
        kind, _, value = mark.partition("|")
        return "", kind, value

    def keys_of(self, person: str) -> set[str]:
        """Every pseudonym of a person: of each id, and those of published rows that are about nobody else."""
        clusters = self.relations["identity_clusters"]
        rows = self.connection.execute(
            f"select own_key, person_key from {clusters} where person_key = $key", {"key": person}
        )
        keys = {key for row in rows.fetchall() for key in row if key}
        for table, columns in self._texts_of_published:
            if "hcp_key" not in columns:
                continue
            texts = f"unnest([{', '.join(identifier(c) for c in columns)}])"
            found = f"select distinct {texts} as text from {table} where hcp_key"
            query = f"from ({found} in (select unnest($keys))) where regexp_full_match(text, '{PSEUDONYM}')"
            others = f"{found} not in (select unnest($keys)) or hcp_key is null"
            query += f" and text not in (select text from ({others}) where text is not null)"
            keys |= {row[0] for row in self.connection.execute(query, {"keys": sorted(keys)}).fetchall()}
        return keys - self._of_nobody

    @cached_property
    def _of_nobody(self) -> set[str]:
        """Pseudonyms in tables that are not about HCPs: staff, content."""
        found: set[str] = set()
        for table, columns in self._texts_of_published:
            if columns and "hcp_key" not in columns:
                texts = f"unnest([{', '.join(map(identifier, columns))}])"
                query = f"select distinct text from (select {texts} as text from {table}) where regexp_full_match(text, '{PSEUDONYM}')"
                found |= {row[0] for row in self.connection.execute(query).fetchall()}
        return found

    @cached_property
    def _texts_of_published(self) -> list[tuple[str, list[str]]]:
        described = ((t, self.connection.execute(f"describe {t}").fetchall()) for t in self.published)
        return [(table, [row[0] for row in rows if row[1] == "VARCHAR"]) for table, rows in described]

    def touchpoints_of(self, person: str) -> set[str]:
        """The touches of a person, whether or not the person is an HCP."""
        query = f"select touchpoint_id from {self.relations['touchpoints']} where person_key = $key"
        return {row[0] for row in self.connection.execute(query, {"key": person}).fetchall() if row[0]}

    def _newer(self, older: set[str]) -> set[Id]:
        found: set[Id] = set()
        if not older or "newer_ids" not in self.relations:
            return found
        query = f"select newer_id, kind from {self.relations['newer_ids']} where older_id in (select unnest($ids))"
        for newer, kind in self.connection.execute(query, {"ids": sorted(older)}).fetchall():
            found.add(("", kind, newer))
        return found

    def _marks(self, ids: list[Id], sql: str) -> list[str]:
        if not ids:
            return []
        systems, kinds, values = zip(*ids, strict=True)
        rows = self.connection.execute(
            "with given as (select unnest($systems::text[]) as system, unnest($kinds::text[]) as kind,"
            " unnest($values::text[]) as value, unnest(range(len($values::text[]))) as place)"
            f" select coalesce({sql}, kind || '|' || value) from given order by place",
            {"systems": list(systems), "kinds": list(kinds), "values": list(values)},
        ).fetchall()
        return [row[0] for row in rows]


@contextmanager
def known_people(settings: Settings, registry: Registry) -> Iterator[Known]:
    """Open the working database read-only; without one, nobody is known."""
    with duckdb.connect(config={"threads": 2}) as connection:
        relations = {name: f"(select {', '.join(f'cast(null as text) as {c.strip()}' for c in columns.split(','))} limit 0)"
                     for name, columns in EMPTY.items()}  # fmt: skip
        published: list[str] = []
        if settings.warehouse.exists() and settings.manifest.exists():
            connection.execute(f"attach {literal(settings.warehouse)} as warehouse (read_only)")
            lend_key(connection, read_key(settings.key_file))
            held = _held(settings.manifest)
            tables = {row[0] for row in connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'warehouse'").fetchall()}  # fmt: skip
            relations |= {name: f"warehouse.{table}" for name, table in held.items() if table in tables}
            published = sorted(
                f"warehouse.{t}" for t in tables if t.startswith(("core.", "engagement.", "governance."))
            )
        if newer := _newer_ids(settings.home, registry):
            relations["newer_ids"] = newer
        yield Known(connection, relations, published)


def _held(manifest: Path) -> dict[str, str]:
    nodes = json.loads(manifest.read_text())["nodes"].values()
    held = {
        node["config"]["meta"].get("holds"): f"{node['schema']}.{node['alias']}"
        for node in nodes
        if node["resource_type"] == "model"
    }
    return {name: held[name] for name in EMPTY if name in held}


def _newer_ids(home: Path, registry: Registry) -> str:
    """The rows in which a newer system says which older id a person's record had."""
    selects = []
    for o in registry.objects:
        if o.like and not marks_of(o).records:
            files = raw.path_of(home, o, "*")
            if list(files.parent.glob("*.parquet")):
                kind = next(str(c.person) for c in o.columns if c.name == o.key[0])
                selects.append(
                    f"select trim({identifier(o.key[0])}) as newer_id, {literal(kind)} as kind, trim({identifier(o.older_id)})"
                    f" as older_id from read_parquet({literal(files)}, union_by_name = true)"
                )
    return f"({' union '.join(selects)})" if selects else ""
