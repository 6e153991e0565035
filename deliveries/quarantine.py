"""The quarantine folder: what could not be used, with its reason, for the steward who mends it.

The verdicts are the warehouse's; this module only lays the rows out as files. A row whose cause is gone leaves the folder
with the run that uses it.
"""

import json
from pathlib import Path

import duckdb

from deliveries.storage import literal


def set_aside(home: Path, warehouse: Path, dbt_manifest: Path) -> int:
    """Write `quarantine/<system>/<object>/rows.parquet`: raw columns, `reason_code`, `column_names`. Returns the rows.

    The verdicts come from the model whose `config.meta` says `holds: dispositions`: one row per raw row.
    """
    written, kept = 0, set()
    nodes = json.loads(dbt_manifest.read_text())["nodes"].values()
    (dispositions,) = (
        f"{node['schema']}.{node['alias']}" for node in nodes if node["config"]["meta"].get("holds") == "dispositions"
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        verdicts = f"(select * from warehouse.{dispositions} where disposition = 'quarantined')"
        objects = connection.execute(
            f"select system, object, count(*) from {verdicts} group by all order by all"
        ).fetchall()
        for system, name, rows in objects:
            target = home / "quarantine" / system / name / "rows.parquet"
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection.execute(
                f"copy (select raw.*, verdict.reason_code, verdict.column_names"
                f" from read_parquet({literal(home / 'raw' / system / name / '*.parquet')}, union_by_name = true) as raw"
                f" join {verdicts} as verdict on verdict.system = $system and verdict.object = $name"
                f" and verdict.delivery = raw._delivery and verdict.row_number = raw._row"
                f" order by raw._delivery, raw._row) to {literal(f'{target}.tmp')} (format parquet)",
                {"system": system, "name": name},
            )
            Path(f"{target}.tmp").replace(target)
            kept.add(target)
            written += rows
    for stale in set((home / "quarantine").glob("*/*/*")) - kept:
        stale.unlink()
    return written
