"""A small home by hand: a working database with the contract's tables, and the dbt manifest that describes it.

People, products and ids are invented. Two HCPs: one met by sales, by medical and through accredited education, the other
known through education alone.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings

AS_OF = date(2026, 1, 1)
EMAIL, NPI = "ada.canary@example.org", "1234567893"
GRAINS = {
    "core.dim_hcps": ["hcp_key"],
    "core.bridge_hcp_aliases": ["old_hcp_key"],
    "core.fct_touchpoints": ["touchpoint_id"],
    "core.fct_consents": ["consent_id"],
    "core.fct_transfers_of_value": ["transfer_id"],
    "engagement.mart_hcp_engagement_quality": ["hcp_key", "as_of_on", "eqs_scope"],
    "governance.mart_consent_violations": ["violation_id"],
    "governance.mart_consent_compliance": ["hcp_key", "channel", "purpose", "as_of_on"],
    "governance.mart_delivery_accounting": ["system", "object", "delivery", "status"],
    "governance.mart_quarantine_reasons": ["system", "object", "delivery", "reason_code"],
    "governance.mart_identity_quality": ["as_of_on", "source_system"],
    "governance.mart_safety_summary": ["system", "object"],
    "governance.mart_data_quality": ["rule_id"],
    "governance.mart_cme_activity": ["activity_key", "as_of_on"],
    "governance.mart_data_inventory": ["table_schema", "table_name", "column_name"],
}

NOT_FOR_SALES = {"governance.mart_cme_activity", "governance.mart_data_inventory"}


@dataclass(frozen=True)
class Handmade:
    """The home, and a way to change its working database."""

    settings: Settings

    def execute(self, sql: str) -> None:
        with duckdb.connect(str(self.settings.warehouse)) as connection:
            connection.execute(sql)


def make(folder: Path) -> Handmade:
    settings = Settings.from_env({"RAPPORT_HOME": str(folder)}, dotenv=folder / "no.env")
    settings.prepare()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(Path(__file__).with_name("handmade.sql").read_text())
        described: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
            " where not internal order by schema_name, table_name, column_index"
        ).fetchall():
            described.setdefault(table, []).append(column)
    settings.manifest.write_text(json.dumps(_manifest(described)))
    return Handmade(settings)


def _manifest(described: dict[str, list[str]]) -> dict[str, Any]:
    nodes = {}
    for table, columns in described.items():
        schema, name = table.split(".")
        meta = {"grain": GRAINS.get(table, []), "filled_by_gate": name == "mart_data_quality"}
        nodes[table] = {
            "resource_type": "seed" if schema == "intermediate" else "model",
            "schema": schema,
            "name": name,
            "alias": name,
            "fqn": ["rapport", schema, name],
            "description": f"The table {name}.",
            "config": {"meta": meta},
            "columns": {column: {"config": {"meta": {"identifier": column == "id_value"}}} for column in columns},
        }
    return {"nodes": nodes, "sources": {}}
