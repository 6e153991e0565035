"""Who is who, on real people: clinicians of one federal register found again in another, their NPI hidden from the matcher.

    python -m studies.registers NPPES_FILE CLINICIANS_FILE [--home DIR]

The two files (NPPES' npidata, CMS' national file of Doctors & Clinicians, as CSV) hold the same people and spell names,
places and specialties differently. Every row is delivered as an account of CRM without its NPI, one export per file, and the
pipeline resolves them as it resolves any delivery; then the NPIs tell which pairs of an NPPES person and a clinicians' person
are right, wrong or missed. The study prints counts and no value of the files, because these are real people's names.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from simulator import text
from studies import linkage
from studies.worlds import IDENTITY, World

PRECISION, FOUND = 0.995, 0.95
LAST_RULE = 5
# column of the account: the columns of either file that may fill it
COLUMNS = {
    "FirstName": ("Provider First Name",),
    "MiddleName": ("Provider Middle Name",),
    "LastName": ("Provider Last Name (Legal Name)", "Provider Last Name"),
    "Suffix": ("Provider Name Suffix Text", "suff"),
    "Credentials_vod__c": ("Provider Credential Text", "Cred"),
    "Gender_vod__c": ("Provider Sex Code", "gndr"),
    "Specialty_1_vod__c": ("Healthcare Provider Taxonomy Code_1", "pri_spec"),
    "PersonMailingCity": ("Provider Business Practice Location Address City Name", "City/Town"),
    "PersonMailingState": ("Provider Business Practice Location Address State Name", "State"),
    "PersonMailingPostalCode": ("Provider Business Practice Location Address Postal Code", "ZIP Code"),
}


class Found(NamedTuple):
    """Pairs of an NPPES person and a clinicians' person that stand in one cluster."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def share(self) -> float:
        return self.right / max(self.right + self.missed, 1)


def deliver(world: World, files: dict[str, Path]) -> list[tuple[str, str, str]]:
    """Writes one export of accounts per file; returns (account, register, NPI), which stay out of the deliveries."""
    folder = world.settings.landing / "veeva_crm" / "Account"
    folder.mkdir(parents=True)
    truth: list[tuple[str, str, str]] = []
    for day, (register, path) in enumerate(files.items(), start=1):
        with (folder / f"2026010{day}T000000Z.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["Id", "IsPersonAccount", "PersonMailingCountryCode", *COLUMNS])
            rows = list(rows_of(path))
            ids = text.salesforce_ids("001", np.arange(len(truth) + 1, len(truth) + 1 + len(rows))).to_pylist()
            for account, row in zip(ids, rows, strict=True):
                cells = (next((row[name] for name in names if row.get(name)), "") for names in COLUMNS.values())
                writer.writerow([account, "true", "US", *cells])
                truth.append((str(account), register, row["NPI"]))
    return truth


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a register's file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def found(connection: duckdb.DuckDBPyConnection, table: str) -> Found:
    """Pairs of people (not of rows: who works in three places has three rows) under a clustering."""
    one, other = (
        "select distinct npi from registers where register = 'nppes'",
        "select npi from registers where register <> 'nppes'",
    )
    (true,) = connection.execute(f"select count(*) from ({one} intersect {other})").fetchone() or (0,)
    right, wrong = connection.execute(f"""
        with sides as (
            select distinct registers.register, registers.npi, clusters.cluster_id
            from registers
            inner join {table} as clusters on clusters.node_id = 'veeva_crm|' || registers.account
        ),
        pairs as (
            select distinct one.npi as npi, other.npi as other_npi
            from sides as one
            inner join sides as other on one.cluster_id = other.cluster_id
            where one.register = 'nppes' and other.register = 'clinicians'
        )
        select count(*) filter (npi = other_npi), count(*) filter (npi <> other_npi) from pairs
    """).fetchone() or (0, 0)
    return Found(int(right), int(wrong), int(true) - int(right))


def study(world: World, files: dict[str, Path], *, probabilistic: bool) -> dict[str, Found]:
    """Delivers, builds and measures; the figures by rules alone and with the model."""
    truth = deliver(world, files)
    world.receive()
    world.build(IDENTITY, identity_probabilistic=probabilistic)
    with world.open() as connection:
        connection.execute("create temp table registers (account text, register text, npi text)")
        connection.executemany("insert into registers values (?, ?, ?)", truth)
        tables = linkage.stages(connection)
        chosen = {"rules": [table for tier, table in tables if tier <= LAST_RULE][-1]}
        if tables[-1][0] > LAST_RULE:
            chosen |= {f"rules + model, tier {tier}": table for tier, table in tables if tier > LAST_RULE}
        return {name: found(connection, table) for name, table in chosen.items()}


def main() -> None:
    """Run the study; exit 1 if its gate fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nppes", type=Path, metavar="NPPES_FILE")
    parser.add_argument("clinicians", type=Path, metavar="CLINICIANS_FILE")
    parser.add_argument("--rules-only", action="store_true", help="leave the probabilistic step off")
    parser.add_argument("--home", type=Path, help="keep the home here; without it one is made and removed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="study_") as scratch:
        folder = (arguments.home or Path(scratch)).absolute()
        files = {"nppes": arguments.nppes, "clinicians": arguments.clinicians}
        results = study(World(folder), files, probabilistic=not arguments.rules_only)
    table = Table("method", "right", "wrong", "missed", "precision", "found")
    for name, result in results.items():
        table.add_row(name, *(f"{n:,}" for n in result), f"{result.precision:.4f}", f"{result.share:.1%}")
    Console().print(table)
    last = list(results.values())[-1]
    if last.precision < PRECISION or last.share < FOUND:
        sys.exit(f"gate failed: at least {FOUND:.0%} found with precision {PRECISION}")


if __name__ == "__main__":
    main()
