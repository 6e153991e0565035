"""How fast a large delivery set goes from landing to raw, beside DuckDB's own copy of the same CSV files to Parquet.

    python benchmarks/landing_to_raw.py [--rows 10_000_000] [--landing DIR] [--rounds 3]

Every round runs each contestant in a process of its own, one after the other, so that one figure disturbs none of the others:
  copy        `COPY (FROM read_csv(file, all_varchar = true)) TO parquet`, file by file
  reception   landing to raw: hashes, encoding checks, split, row hashes, ledger with the rows read
  accounting  reception, and the disposition of every row by the models (what the published accounting counts)
Printed are wall and CPU seconds, peak memory, and the speed of each relative to `copy`: ratios of one machine in one run.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from orchestration.settings import DBT

PROJECT = Path(__file__).resolve().parents[1]
ROWS_PER_HCP = 245  # of a simulation of two years
CONTESTANTS = ("copy", "reception", "accounting")


def csv_files(landing: Path) -> list[Path]:
    """The deliveries that are compared: DuckDB's copy reads CSV."""
    return sorted(path for path in landing.rglob("*.csv"))


def copy(landing: Path, home: Path) -> int:
    """What the engine alone does; returns the rows."""
    rows = 0
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as connection:
        for number, path in enumerate(csv_files(landing)):
            source, target = f"read_csv('{path}', all_varchar = true)", home / f"{number}.parquet"
            connection.execute(f"copy (from {source}) to '{target}' (format parquet)")
            rows += int((connection.execute(f"select count(*) from '{target}'").fetchone() or (0,))[0])
    return rows


def reception(landing: Path, home: Path) -> int:
    """Landing to raw, ledger included; returns the rows read."""
    import deliveries
    from deliveries.registry import load

    return sum(deliveries.receive(landing, home, load(PROJECT), {}).rows_read.values())


def accounting(landing: Path, home: Path) -> int:
    """Reception, then a disposition for every row; returns the rows read."""
    from datetime import date

    from orchestration.settings import Settings

    settings = Settings.from_env({"RAPPORT_HOME": str(home), "RAPPORT_LANDING": str(landing)}, dotenv=home / "no.env")
    settings.prepare()
    settings.key_file.write_text("5f" * 32)
    settings.key_file.chmod(0o600)
    rows = reception(landing, home)
    dbt = [DBT, "--quiet", "run", "--select", "+stg_rapport__dispositions"]
    variables = ["--vars", f"{{as_of_on: '{date(2026, 7, 1)}'}}"]
    subprocess.run([*dbt, *variables], env=settings.process_environment(), cwd=PROJECT, check=True)
    return rows


def contest(name: str, landing: Path) -> tuple[int, float, float, float]:
    """Rows, wall seconds, CPU seconds and peak memory in MiB of one contestant in a process of its own."""
    with tempfile.TemporaryDirectory(dir=landing.parent) as home:
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, __file__, "--landing", str(landing), "--only", name, "--home", home]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows, peak = done.stdout.split()[-2:]
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return int(rows), time.perf_counter() - began, cpu, int(peak) / 1024


def main() -> None:
    """Run the rounds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--landing", type=Path, help="a simulated landing folder; without it one is made and removed")
    parser.add_argument("--only", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        rows = globals()[arguments.only](arguments.landing, arguments.home)
        usage = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(rows, usage)
        return
    work = Path(tempfile.mkdtemp(prefix="benchmark_"))
    try:
        landing = arguments.landing or work / "landing"
        if arguments.landing is None:
            import simulator

            print(f"simulating about {arguments.rows:,} rows", flush=True)
            simulator.write(hcps=max(arguments.rows // ROWS_PER_HCP, 1), days=730, seed=1, out=landing)
        for path in [p for p in landing.rglob("*") if p.is_file() and p.suffix != ".csv" and p.name[0] != "."]:
            path.unlink() if arguments.landing is None else None
        size = sum(path.stat().st_size for path in csv_files(landing)) / 2**20
        print(f"{len(csv_files(landing)):,} CSV files, {size:,.0f} MiB", flush=True)
        print(
            f"{'round':>5} {'contestant':<12}{'rows':>12}{'wall s':>9}{'CPU s':>9}{'MiB':>8}{'speed (wall)':>14}{'speed (CPU)':>13}"
        )
        for round_number in range(1, arguments.rounds + 1):
            base = None
            for name in CONTESTANTS:
                rows, wall, cpu, peak = contest(name, landing)
                base = base or (wall, cpu)
                print(
                    f"{round_number:>5} {name:<12}{rows:>12,}{wall:>9.1f}{cpu:>9.1f}{peak:>8,.0f}"
                    f"{base[0] / wall:>14.2f}{base[1] / cpu:>13.2f}",
                    flush=True,
                )
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
