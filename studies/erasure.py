"""Erasing people from a home: what is left of them, who else changes, and how long it takes.

    python -m studies.erasure [--people 50] [--hcps 2000] [--days 730] [--seed 1] [--home DIR]

It runs the job on simulated deliveries, erases people by the command, and searches every file below the home for strings that
plain Python takes from the landing files. Then it compares every published table for everybody else, delivers the old files
once more under their own and under new names, runs the job again, and searches and compares again. It prints the seconds
and exits with 1 if anything is found or differs.
"""

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console

from erasure.scan import MARK, Needles, Search
from orchestration.settings import PROJECT_DIR, Settings
from studies.worlds import World

NAMING = ("Id", "Name", "NPI_vod__c", "ID_vod__c", "PersonEmail")
# Figures that compare a person with others, or count many: who else is there is part of their meaning.
OF_MANY = {"peer_percentile", "quantity_quality_quadrant"}
# Tables that list deliveries or runs, or count over people.
ABOUT_ALL = {
    "mart_delivery_accounting", "mart_quarantine_reasons", "mart_data_quality", "mart_identity_quality",
    "mart_cme_activity", "mart_safety_summary",
}  # fmt: skip
RAPPORT = str(Path(sys.executable).with_name("rapport"))


@dataclass(frozen=True)
class Chosen:
    """People to be erased: an account of each, and the strings that are theirs alone."""

    accounts: tuple[str, ...]
    strings: frozenset[str]

    def requests(self, path: Path) -> Path:
        """Their requests, as a file."""
        lines = (f"DSR-{number},veeva_crm_account,{account}," for number, account in enumerate(self.accounts, start=1))
        path.write_text("\n".join(("request_id,id_type,id_value,requested_at", *lines)) + "\n")
        return path


def choose(settings: Settings, people: int, seed: int) -> Chosen:
    """People at random, from the account files. A name or address that two bear, be it one whom nobody knows, is nobody's
    alone.
    """
    values: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, set[str]] = defaultdict(set)
    merged: set[str] = set()
    for path in sorted(settings.landing.glob("veeva_crm/Account/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("MasterRecordId"):
                    merged.add(row["Id"])
                for text in filter(None, (row.get(name) for name in NAMING)):
                    holders[text.lower()].add(row["Id"])
                    if row.get("IsPersonAccount") == "true":
                        values[row["Id"]].add(text)
    alone = [a for a, texts in values.items() if a not in merged and all(len(holders[t.lower()]) == 1 for t in texts)]
    accounts = random.Random(seed).sample(sorted(alone), people)
    texts = {text for account in accounts for text in values[account] if len(text) >= MARK}
    several, known = full_names(settings, bearers=2), full_names(settings, bearers=1)
    # Ann Den stands in Ann Denver too.
    longer = {text.lower() for text in texts for name in known - {text.lower()} if text.lower() in name}
    return Chosen(tuple(accounts), frozenset(text for text in texts if text.lower() not in several | longer))


def full_names(settings: Settings, bearers: int) -> set[str]:
    """Full names in lower case of at least so many, be it in a record that leads to nobody: who that is cannot be told."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        query = (
            "select lower(concat(first_name, ' ', last_name)) from intermediate.int_identity__nodes"
            " join intermediate.int_identity__clusters using (source_system, id_type, id_value)"
            " group by all having count(distinct person_key) >= $bearers"
        )
        return {row[0] for row in warehouse.execute(query, {"bearers": bearers}).fetchall()}


def rapport(settings: Settings, *arguments: str) -> float:
    """Run a command on a home; the seconds that it took."""
    began = time.perf_counter()
    environment = {**os.environ, **settings.environment(), "COLUMNS": "160"}
    done = subprocess.run(
        [RAPPORT, *arguments], env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    return time.perf_counter() - began


def keys_of(settings: Settings, accounts: Iterable[str]) -> list[str]:
    """The pseudonyms under which the warehouse knows people."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        query = "select distinct hcp_key from restricted.bridge_hcps where id_value in (select unnest($ids::text[]))"
        return [row[0] for row in warehouse.execute(query, {"ids": list(accounts)}).fetchall()]


def others_changed(before: Path, after: Path, erased: Collection[str]) -> dict[str, int]:
    """Rows of published tables about everybody else that stand in one release and not in the other."""
    changed: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute("create temp table erased as select unnest($keys::text[]) as key", {"keys": list(erased)})
        for name, path in (("old", before), ("new", after)):
            connection.execute(f"attach '{path / 'marts.duckdb'}' as {name} (read_only)")
        tables: dict[str, list[str]] = defaultdict(list)
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where database_name = 'old' order by column_index"
        ).fetchall():
            if column not in OF_MANY and table not in ABOUT_ALL:
                tables[f"{schema}.{table}"].append(column)
        for table, columns in tables.items():
            # Rows of nobody may leave with the person, or lose a record that they shared with them.
            where = "hcp_key not in (from erased)" if "hcp_key" in columns else "true"
            rows = {side: f"select {', '.join(columns)} from {side}.{table} where {where}" for side in ("old", "new")}
            query = "select count(*) from (({0} except all {1}) union all ({1} except all {0}))"
            (count,) = connection.execute(query.format(rows["old"], rows["new"])).fetchone() or (0,)
            if count:
                changed[table] = count
    return changed


def found(strings: Iterable[str], *folders: Path) -> dict[Path, int]:
    """Files that hold one of the strings."""
    search = Search()
    search.run(folders, Needles(strings))
    return search.hits


def deliver_again(old: Path, landing: Path) -> None:
    """Old files under their own names, and once more under new ones."""
    shutil.copytree(old, landing, dirs_exist_ok=True)
    for path in [path for path in old.rglob("*") if path.is_file() and path.name[0] != "."]:
        stem, dot, ending = path.name.partition(".")
        shutil.copy(path, landing / path.relative_to(old).with_name(f"{stem}_again{dot}{ending}"))


def study(console: Console, world: World, arguments: argparse.Namespace) -> list[str]:
    """One home; what fails, none if all is well."""
    settings, old, failed = world.settings, world.truth.with_name("old"), []
    world.simulate(arguments.hcps, arguments.days, arguments.seed)
    console.print(f"first run: {rapport(settings, 'run'):,.0f} s")
    shutil.copytree(settings.landing, old / "landing")
    before = settings.releases / "current"
    shutil.copytree(before, old / "release")
    chosen = choose(settings, arguments.people, arguments.seed)
    keys = keys_of(settings, chosen.accounts)
    requests = chosen.requests(world.truth.with_name("requests.csv"))
    console.print(f"to be erased: {len(chosen.accounts)} people, {len(chosen.strings)} strings, {len(keys)} keys")
    console.print(f"rapport erase: {rapport(settings, 'erase', '--requests', str(requests)):,.0f} s")
    stages = [("erased", [settings.home])]
    kept = [path for path in settings.home.iterdir() if path != settings.landing]
    stages.append(("delivered again", kept))
    for stage, folders in stages:
        if stage == "delivered again":
            deliver_again(old / "landing", settings.landing)
            console.print(f"run on the old files: {rapport(settings, 'run'):,.0f} s")
        theirs = {*chosen.strings, *keys}
        hits = found(theirs, *folders)
        # There models put together first and last name of another who stays, which are cells of their own in raw.
        if hits.pop(settings.warehouse, 0):
            staying = "\n".join(full_names(settings, bearers=1))
            hits |= found({text for text in theirs if text.lower() not in staying}, settings.warehouse.parent)
        changed = others_changed(old / "release", settings.releases / "current", keys)
        console.print(f"{stage}: files with a string {len(hits)}; rows of others that differ {sum(changed.values())}")
        failed += [f"{stage}: {path.relative_to(settings.home)} holds {count} strings" for path, count in hits.items()]
        failed += [f"{stage}: {table} differs in {rows} rows" for table, rows in changed.items()]
    return failed


def main() -> None:
    """Run the study; exit 1 if something of a person is left or somebody else changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--hcps", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="keep the home here; without it it is made and removed")
    arguments = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 200)
    with tempfile.TemporaryDirectory(prefix="study_") as scratch:
        failed = study(console, World((arguments.home or Path(scratch)).absolute()), arguments)
    for words in failed:
        console.print(f"[red]gate failed[/red] {words}", highlight=False)
    if failed:
        sys.exit(1)
    console.print("[green]nothing of them is left, and nobody else changed[/green]")


if __name__ == "__main__":
    main()
