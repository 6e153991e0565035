"""How long the identity models take for a large world, and for a day's new ids on top of it.

    python benchmarks/identity.py [--hcps 1_000_000] [--new 1_000] [--memory 12GB] [--threads 2] [--home DIR] [--unchecked]

The ids (about three per HCP: accounts, subscribers, registrants, learners, payment profiles; shared mailboxes, duplicates,
private addresses, namesakes) are written straight into the tables that the nodes are built from, since reading deliveries
has a benchmark of its own. What is timed is the models from `int_identity__nodes` to `bridge_hcps`, by dbt, as a run builds
them: once from nothing, then with the new ids of one day on top, where a run resolves only whom they can reach. Then all is
resolved anew, and clusters and bridge must be the same rows, or the benchmark fails (`--unchecked` spares that).

Printed are seconds per model, wall and CPU time, peak memory, and shares of the first build: ratios of one machine in one run.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import yaml
from rich.console import Console
from rich.table import Table

import deliveries
from deliveries.registry import load
from orchestration.settings import DBT, PROJECT_DIR, Settings

MODELS = ("int_identity__nodes+,+bridge_hcps", "int_identity__nodes+,+int_identity__resolution")
SYLLABLES = [
    "ba",
    "re",
    "ti",
    "mo",
    "lu",
    "sen",
    "dor",
    "kel",
    "vin",
    "har",
    "os",
    "per",
    "ya",
    "zu",
    "wil",
    "gra",
    "ne",
    "sto",
    "fi",
    "am",
]


def share(who: str, salt: str) -> str:
    """A number in [0, 1) that depends on the person alone."""
    return f"((hash({who}, '{salt}') >> 12) / 4503599627370496.0)"


def word(number: str, length: int) -> str:
    """A pronounceable name for a number."""
    parts = (f"{SYLLABLES}[1 + cast(({number}) // {20**place} as bigint) % 20]" for place in range(length))
    return " || ".join(parts)


# Names and towns are as skewed as in life: a few are common. One in fifty shares a practice's mailbox.
PEOPLE = f"""
create or replace temp view people as
with drawn as (
    select
        p, cast(floor(900 * pow({share("p", "given")}, 2)) as bigint) as given,
        cast(floor(60000 * pow({share("p", "family")}, 2)) as bigint) as family,
        cast(floor(6000 * pow({share("p", "town")}, 2)) as bigint) as town, cast(floor(60 * {share("p", "spec")}) as bigint) as spec
    from range(getvariable('first'), getvariable('last')) as persons (p)
)
select
    p, {word("given", 3)} as first_name, {word("family", 4)} as last_name, {word("town", 3)} as city,
    'S' || town % 50 as region, printf('%05d', town * 10 + p % 10) as postal_code, {word("spec", 2)} as specialty,
    cast(2000000000 + p as varchar) as npi, case p % 2 when 0 then 'F' else 'M' end as gender,
    case when {share("p", "mailbox")} < 0.02 then 'practice' || p // 300
        else first_name || '.' || last_name || p end || '@example.org' as email,
    last_name || p || '@example.net' as private_email,
    timestamp '2024-07-01' + interval 1 second * cast({share("p", "known")} * 60000000 as bigint) as known_at
from drawn
"""

# system: (id type, which people, the columns that differ; names and places are added where the system knows them)
PROFILE = "first_name, last_name, city, region, postal_code, gender"
SYSTEMS = {
    "veeva_crm": (
        "veeva_crm_account",
        f"""select '001A' || p as id_value, case when {share("p", "npi")} < 0.97 then npi end as npi, email, null as crm_id,
            {PROFILE}, specialty, true as is_hcp_evidence, known_at from people
        union all
        select '001B' || p, null, null, null, {PROFILE}, specialty, true, known_at + interval 90 day from people
        where {share("p", "twice")} < 0.03""",
    ),
    "sfmc": (
        "sfmc_subscriber",
        f"""select '' || 5000000 + p as id_value, null as npi, email, case when {share("p", "key")} < 0.65 then '001A' || p end as crm_id,
            known_at + interval 9 day as known_at, false as is_hcp_evidence from people where {share("p", "sfmc")} < 0.80""",
    ),
    "zoom": (
        "zoom_registrant",
        f"""select 'z' || p as id_value, null as npi, null as crm_id,
            case when {share("p", "private")} < 0.4 then private_email else email end as email,
            first_name, last_name, city, region, known_at + interval 40 day as known_at, false as is_hcp_evidence
        from people where {share("p", "zoom")} < 0.70""",
    ),
    "cme_pars": (
        "pars_learner",
        f"""select 'l' || p as id_value, case when {share("p", "cme npi")} < 0.6 then npi end as npi, null as email, null as crm_id,
            first_name, last_name, region, specialty, known_at + interval 70 day as known_at, npi is not null as is_hcp_evidence
        from people where {share("p", "cme")} < 0.40""",
    ),
    "cms_open_payments": (
        "open_payments_profile",
        f"""select 'o' || p as id_value, case when {share("p", "op npi")} < 0.8 then npi end as npi, null as email, null as crm_id,
            first_name, last_name, city, region, specialty, known_at + interval 200 day as known_at, true as is_hcp_evidence
        from people where {share("p", "op")} < 0.15""",
    ),
}


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Appends rows to a table, those columns that it has."""
    held = {name for (name, *_) in connection.execute(f"describe {table}").fetchall()}
    names = ", ".join(name for (name, *_) in connection.execute(f"describe ({rows})").fetchall() if name in held)
    connection.execute(f"insert into {table} by name select {names} from ({rows})")


def deliver(warehouse: Path, first: int, last: int) -> int:
    """Adds the ids of the people from `first` on, below `last`; returns how many ids there are now."""
    with duckdb.connect(str(warehouse), config={"threads": 2}) as connection:
        connection.execute(f"set variable first = {first}; set variable last = {last}")
        connection.execute(PEOPLE)
        for system, (id_type, rows) in SYSTEMS.items():
            connection.execute(f"create or replace temp view ids as {rows}")
            constant = f"'{system}' as source_system, '{id_type}' as id_type, 'US' as country_code, false as is_deleted"
            moments = ", ".join(
                f"known_at as {name}" for name in ("first_known_at", "npi_known_at", "email_known_at", "crm_id_known_at",
                                                   "profile_known_at", "changed_at")
            )  # fmt: skip
            flags = "false as has_invalid_npi, false as has_several_npis, false as has_several_names, false as is_dead_survivor"
            select = f"select {constant}, {flags}, {moments}, cast(known_at as date) as event_from_on, * from ids"
            fill(connection, f"intermediate.int_identity__nodes_{system}", select)
            if system == "veeva_crm":
                ids = "id_value as account_id, '003' || id_value as person_contact_id, true as is_person_account"
                person = f"select {ids}, {moments}, * from ids"
                fill(connection, "staging.stg_veeva_crm__accounts", person)
                fill(connection, "staging.stg_veeva_crm__account_versions", person)
            if system == "sfmc":
                fill(
                    connection, "staging.stg_sfmc__subscriber_versions", "select id_value as subscriber_id, * from ids"
                )
        counts = (f"select count(*) as n from intermediate.int_identity__nodes_{system}" for system in SYSTEMS)
        (ids,) = connection.execute(f"select sum(n) from ({' union all '.join(counts)})").fetchone() or (0,)
        return int(ids)


def resolved(warehouse: Path) -> tuple[int, int]:
    """A number that equal clusters and bridges share, in any row order; and how many ids the last run resolved."""
    with duckdb.connect(str(warehouse), read_only=True, config={"threads": 2}) as connection:
        (number, ids) = connection.execute("""
            select (select sum(hash(c)) from intermediate.int_identity__clusters as c)
                + (select sum(hash(b)) from restricted.bridge_hcps as b), resolved_count
            from intermediate.int_identity__resolution
        """).fetchone() or (0, 0)
        return int(number), int(ids)


class Cost(NamedTuple):
    """What a run of dbt took; peak memory is the highest of any run so far."""

    wall: float
    cpu: float
    peak_gib: float
    models: dict[str, float]


def cpu_seconds() -> float:
    """Of this process and of those that it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def dbt(settings: Settings, *arguments: str) -> Cost:
    """Runs dbt."""
    began, before = time.perf_counter(), cpu_seconds()
    variables = json.dumps(settings.dbt_vars(date(2026, 7, 1)))
    environment = {**settings.process_environment(), "DBT_PROFILES_DIR": str(settings.home)}
    done = subprocess.run([DBT, *arguments, "--vars", variables], env=environment, cwd=PROJECT_DIR,
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        sys.exit(done.stdout[-4000:] + done.stderr)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    results = json.loads((settings.dbt_target / "run_results.json").read_text())["results"]
    seconds = {str(result["unique_id"]).split(".")[-1]: float(result["execution_time"]) for result in results}
    return Cost(time.perf_counter() - began, cpu_seconds() - before, peak, seconds)


def empty_home(folder: Path, memory: str, threads: int) -> Settings:
    """A home whose tables all exist and hold nothing, with a limit on the engine's memory."""
    settings = Settings.from_env({"RAPPORT_HOME": str(folder)}, dotenv=folder / "no.env")
    settings.prepare()
    settings.landing.mkdir(exist_ok=True)
    settings.key_file.write_text("5f" * 32)
    settings.key_file.chmod(0o600)
    profiles = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text())
    output = profiles["rapport"]["outputs"]["duckdb"]
    output["threads"] = threads
    output["settings"] |= {"memory_limit": memory, "threads": threads}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    deliveries.receive(settings.landing, settings.home, load(PROJECT_DIR), {})
    dbt(settings, "--quiet", "seed")
    dbt(settings, "--quiet", "run", "--select", "+bridge_hcps", "+int_identity__resolution")
    return settings


def main() -> None:
    """Build, time, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hcps", type=int, default=1_000_000)
    parser.add_argument("--new", type=int, default=1_000, help="ids of the day")
    parser.add_argument("--memory", default="12GB", help="limit of the engine")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--home", type=Path, help="keep the home here; without it one is made and removed")
    parser.add_argument("--unchecked", action="store_true", help="do not resolve all anew to compare")
    arguments = parser.parse_args()
    folder = (arguments.home or Path(tempfile.mkdtemp(prefix="benchmark_"))).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    console = Console()
    try:
        settings = empty_home(folder / "all", arguments.memory, arguments.threads)
        ids = deliver(settings.warehouse, 0, arguments.hcps)
        full = dbt(settings, "--quiet", "run", "--select", *MODELS)
        console.print(
            f"{arguments.hcps:,} HCPs, {ids:,} ids: {full.wall:,.0f} s, CPU {full.cpu:,.0f} s, peak {full.peak_gib:.1f} GiB"
        )
        more = (
            deliver(settings.warehouse, arguments.hcps, arguments.hcps + round(arguments.new * arguments.hcps / ids))
            - ids
        )
        day = dbt(settings, "--quiet", "run", "--select", *MODELS)
        table = Table("model", "all s", f"{more:,} new ids s")
        for name, seconds in sorted(full.models.items(), key=lambda item: -item[1]):
            table.add_row(name, f"{seconds:.1f}", f"{day.models.get(name, 0):.1f}")
        console.print(table)
        found, reached = resolved(settings.warehouse)
        share = f"{day.wall / full.wall:.1%} of the first build's wall time, {day.cpu / full.cpu:.1%} of its CPU time"
        console.print(f"{more:,} new ids, which reach {reached:,}: {day.wall:,.0f} s, CPU {day.cpu:,.0f} s: {share}")
        if not arguments.unchecked:
            dbt(settings, "--quiet", "run", "--full-refresh", "--select", *MODELS)
            if resolved(settings.warehouse)[0] != found:
                sys.exit("resolving a part gave other rows than resolving all")
            console.print("all resolved anew: the same rows")
    finally:
        if arguments.home is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
