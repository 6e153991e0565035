"""A home whose identity tables are written by hand, so that an erasure can be tested without building models."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

import deliveries
from deliveries.registry import Registry, load
from erasure.deliveries import purge
from erasure.people import Person, Request, find
from erasure.warehouse import EMPTY
from orchestration.settings import PROJECT_DIR
from tests.conftest import Home

REGISTRY = load(PROJECT_DIR)
ADA, BEN = "001EX00000000A1YAI", "001EX00000000B1YAI"
TABLES = {name: tuple(columns.split(", ")) for name, columns in EMPTY.items()}


@dataclass
class House:
    """A home, and the registry that a test needs of it."""

    home: Home
    registry: Registry

    def deliver(self, place: str, delivery: str, *lines: str) -> Path:
        system, name = place.split("/")
        return self.home.deliver(system, name, delivery, "".join(f"{line}\n" for line in lines))

    def receive(self) -> deliveries.Receipt:
        return deliveries.receive(self.home.landing, self.home.settings.home, self.registry, {})

    def know(self, **tables: Sequence[Sequence[Any]]) -> None:
        """Write the identity tables, and a manifest that says where they are."""
        settings = self.home.settings
        nodes = {}
        settings.warehouse.unlink(missing_ok=True)
        with duckdb.connect(str(settings.warehouse)) as warehouse:
            warehouse.execute("create schema intermediate")
            for name, columns in TABLES.items():
                warehouse.execute(f"create table intermediate.{name} ({', '.join(f'{c} text' for c in columns)})")
                for row in tables.get(name, ()):
                    values = [*row, *[None] * (len(columns) - len(row))]
                    warehouse.execute(
                        f"insert into intermediate.{name} values ({', '.join('?' * len(columns))})", values
                    )
                meta = {
                    "config": {"meta": {"holds": name}},
                    "schema": "intermediate",
                    "alias": name,
                    "resource_type": "model",
                }
                nodes[name] = meta
        settings.manifest.write_text(json.dumps({"nodes": nodes}))

    def know_two(self, **tables: Sequence[Sequence[Any]]) -> None:
        """Ada and Ben, each with an account."""
        clusters = [
            ("veeva_crm", "veeva_crm_account", ADA, "key-a", "key-a", "key-a"),
            ("veeva_crm", "veeva_crm_account", BEN, "key-b", "key-b", "key-b"),
            *tables.pop("identity_clusters", ()),
        ]
        self.know(identity_clusters=clusters, **tables)

    def find(self, id_type: str, id_value: str) -> list[Person]:
        return find(self.home.settings, [Request("R1", id_type, id_value)])

    def erase(self, id_type: str = "veeva_crm_account", id_value: str = ADA) -> dict[str, int]:
        return self.purge(self.find(id_type, id_value))

    def purge(self, people: list[Person]) -> dict[str, int]:
        return dict(purge(self.home.settings, self.registry, people, lambda *_: None))

    def rows(self, place: str, columns: str = "Id") -> list[tuple[Any, ...]]:
        files = self.home.settings.home / "raw" / place / "*.parquet"
        return duckdb.sql(
            f"select {columns} from read_parquet('{files}', union_by_name = true) order by _delivery, _row"
        ).fetchall()

    def ledger(self, columns: str = "delivery, status, rows_read") -> list[tuple[Any, ...]]:
        file = self.home.settings.home / "raw" / "rapport" / "deliveries" / "deliveries.parquet"
        return duckdb.sql(f"select {columns} from '{file}' order by system, object, delivery, status").fetchall()

    def text(self, place: str, delivery: str) -> str:
        return (self.home.landing / place / delivery).read_text(encoding="utf-8")


def make_house(home: Home) -> House:
    """A house with the few objects that these tests deliver."""
    few = {
        "Account", "Call2_vod__c", "Call2_Detail_vod__c", "Subscribers", "Sent_Email_vod__c", "Email_Activity_vod__c", "registrants",
        "xapi", "attendee_report", "Click", "erasure_requests", "steward_decisions", "account__v", "call2__v", "responses", "attendee",
        "learner_report",
    }  # fmt: skip
    return House(home, Registry(tuple(o for o in REGISTRY.objects if o.name in few)))
