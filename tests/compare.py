"""Two releases or warehouses, compared table by table as sets of rows."""

from pathlib import Path

import duckdb

# Tables that list deliveries or runs: the same facts arrive there under other file names (contract section 4, promise 5).
ABOUT_DELIVERIES = {"mart_delivery_accounting", "mart_quarantine_reasons", "mart_data_quality"}
PUBLISHED = ("core", "engagement", "governance")


def published_tables(database: Path) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_schema in (?, ?, ?) order by all",
            PUBLISHED,
        ).fetchall()
    return [f"{schema}.{table}" for schema, table in rows]


def differing_tables(left: Path, right: Path) -> dict[str, int]:
    """Rows that stand in one database and not in the other, per published table; empty when the two agree."""
    tables = published_tables(left)
    assert tables and tables == published_tables(right)
    differences = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{left}' as l (read_only)")
        connection.execute(f"attach '{right}' as r (read_only)")
        for table in tables:
            if table.split(".")[1] not in ABOUT_DELIVERIES:
                (count,) = connection.execute(
                    f"select count(*) from ((from l.{table} except all from r.{table})"
                    f" union all (from r.{table} except all from l.{table}))"
                ).fetchone() or (0,)
                if count:
                    differences[table] = count
    return differences
