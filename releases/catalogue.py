"""What is published and what identifies a person, as dbt's manifest says."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deliveries.storage import identifier

PUBLISHED_SCHEMAS = ("core", "engagement", "governance")
SHORTEST_OF_A_PERSON, SHORTEST = 2, {"record": 8}  # characters
RESTRICTED_SCHEMA = "restricted"


@dataclass(frozen=True)
class Table:
    """A published table: its columns in order, and the columns that name one row."""

    schema: str
    name: str
    columns: tuple[str, ...]
    grain: tuple[str, ...]
    description: str
    is_filled_by_gate: bool

    @property
    def full_name(self) -> str:
        """The name as people and rules write it."""
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The name in a query."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"


@dataclass(frozen=True)
class Identifier:
    """A column that holds identifiers: of a restricted table, or of a registered source object.

    Shorter values say nothing. A person's id may be short; a record's number (`identifier: record`) then is anybody's.
    """

    schema: str
    table: str
    column: str
    is_source: bool
    shortest: int


@dataclass(frozen=True)
class Catalogue:
    """The published tables, the seed of audiences, and every column that holds identifiers."""

    tables: tuple[Table, ...]
    audiences: str
    identifiers: tuple[Identifier, ...]


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return {**node.get("meta", {}), **node.get("config", {}).get("meta", {})}


def _published(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted((node for node in models if node["schema"] in PUBLISHED_SCHEMAS), key=lambda node: str(node["fqn"]))


def published_keys(dbt_manifest: Path) -> list[list[str]]:
    """[schema, name] of every published table."""
    return [[node["schema"], node["name"]] for node in _published(json.loads(dbt_manifest.read_text()))]


def read(dbt_manifest: Path) -> Catalogue:
    """The catalogue of a dbt project, from its `manifest.json`."""
    manifest = json.loads(dbt_manifest.read_text())
    nodes = manifest["nodes"].values()
    tables = [
        Table(
            schema=node["schema"],
            name=node["alias"],
            columns=tuple(node["columns"]),
            grain=tuple(_meta(node).get("grain", ())),
            description=node.get("description", ""),
            is_filled_by_gate=bool(_meta(node).get("filled_by_gate")),
        )
        for node in _published(manifest)
    ]
    (audiences,) = (node for node in nodes if node["resource_type"] == "seed" and node["name"] == "audiences")
    holders = [(node["schema"], node["alias"], node, False) for node in nodes if node["schema"] == RESTRICTED_SCHEMA]
    holders += [(each["source_name"], each["identifier"], each, True) for each in manifest["sources"].values()]
    identifiers = [
        Identifier(schema, table, name, is_source, SHORTEST.get(_meta(column)["identifier"], SHORTEST_OF_A_PERSON))
        for schema, table, node, is_source in holders
        for name, column in node["columns"].items()
        if _meta(column).get("identifier") and _meta(column).get("load", True)
    ]
    return Catalogue(
        tables=tuple(sorted(tables, key=lambda table: (table.schema, table.name))),
        audiences=f"{identifier(audiences['schema'])}.{identifier(audiences['alias'])}",
        identifiers=tuple(sorted(identifiers, key=lambda each: (each.schema, each.table, each.column))),
    )
