"""The command `rapport`. Each command is one sentence in `--help`; each error is one sentence with the way out."""

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from orchestration.settings import CLEAN_MEMORY, ProjectInvalid, Settings

if TYPE_CHECKING:
    from erasure.people import Request

console = Console(file=sys.stdout)  # bound now: a run's own chatter is redirected into its log
SAMPLE_HCPS, SAMPLE_DAYS, SAMPLE_SEED = 2000, 730, 1


class OneSentence(click.Group):
    """Turns the project's own errors into one message on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        from deliveries import ReceptionFailed, RegistryInvalid
        from erasure.errors import FolderNotEmpty, PersonAmbiguous, PersonUnknown, RequestsUnreadable
        from erasure.retention import RetentionImpossible
        from orchestration.lock import LockHeld
        from orchestration.modes import FilesUnusable
        from orchestration.pseudonyms import KeyUnusable
        from orchestration.rotation import RotationImpossible
        from releases import ReleaseInvalid

        try:
            return super().invoke(ctx)
        except (
            FilesUnusable, FolderNotEmpty, KeyUnusable, LockHeld, PersonAmbiguous, PersonUnknown,
            ProjectInvalid, ReceptionFailed, RegistryInvalid, ReleaseInvalid, RequestsUnreadable,
            RetentionImpossible, RotationImpossible,
        ) as error:  # fmt: skip
            raise click.ClickException(str(error)) from None


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport-hcp")
def main() -> None:
    """Rapport, the open HCP engagement-quality warehouse: raw vendor deliveries in, an audited release out.

    Settings are the RAPPORT_ environment variables (or a .env file); README.md lists them.
    """
    os.umask(0o077)
    os.environ.update(CLEAN_MEMORY)  # before any command imports DuckDB


@main.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date at which marts are cut; default: see README.")
def run(as_of: datetime | None) -> None:
    """Deliveries -> models -> gate -> release -> report, once."""
    from orchestration.summary import print_summary

    settings = Settings.from_env()
    _prepare(settings)
    _run_job(settings, as_of.date() if as_of else None)
    print_summary(settings, console)


def _prepare(settings: Settings) -> None:
    """Modes, key and, for the sample, deliveries. In production nothing is made up: a missing key stops the run."""
    from orchestration import modes
    from orchestration.pseudonyms import make_key, read_key

    modes.groups_of(settings)
    settings.prepare()
    modes.mend(settings)
    if settings.env == "sample":
        make_key(settings.key_file)
        if not any(settings.landing.glob("*/*/*")):
            import simulator

            console.print(f"The landing folder is empty: writing a sample of {SAMPLE_HCPS:,} invented HCPs into it.")
            simulator.write(hcps=SAMPLE_HCPS, days=SAMPLE_DAYS, seed=SAMPLE_SEED, out=settings.landing)
    read_key(settings.key_file)


def _run_job(settings: Settings, as_of: date | None, requests: Sequence["Request"] | None = None) -> None:
    from orchestration.lock import writer_lock
    from orchestration.summary import why_failed

    os.environ.update(settings.environment())
    with writer_lock(settings.home) as ended:  # say at once who holds the home, before anything heavy is imported
        if ended:
            console.print(ended, soft_wrap=True)
    with _progress() as progress:
        tasks = {"starting": progress.add_task("starting", total=1, at="")}

        def at(stage: str, item: str) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    progress.update(task, completed=1, at="")
                tasks[stage] = progress.add_task(stage, total=1, at="")
            progress.update(tasks[stage], at=item)

        from erasure.orders import unfinished
        from orchestration.definitions import execute

        with (settings.home / "logs" / "run.log").open("a") as log, redirect_stdout(log):
            result = execute(settings, as_of, at, requests)
        for task in tasks.values():
            progress.update(task, completed=1, at="")
    if not result.success:
        raise click.ClickException(why_failed(settings, result) + unfinished(settings))


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[at]}"),
        console=console,
        redirect_stdout=False,
    )


@main.command()
@click.option(
    "--requests",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="CSV in the shape of the feed privacy/erasure_requests: request_id, id_type, id_value, requested_at.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date at which marts are cut; default: as in `run`.")
def erase(file: Path, as_of: datetime | None) -> None:
    """Right to erasure: remove people everywhere, publish without them, search every file, write a receipt.

    Landing, raw, quarantine, working database, every kept release, logs. Open requests of the feed and an erasure that was
    interrupted are carried out as well. Exit status 0 only if nothing of them is found any more.
    """
    from erasure.orders import last_receipt
    from erasure.people import read_requests
    from orchestration.pseudonyms import read_key
    from orchestration.summary import print_receipt, print_summary

    settings = Settings.from_env()
    settings.prepare()
    read_key(settings.key_file)
    _run_job(settings, as_of.date() if as_of else None, read_requests(file))
    print_summary(settings, console)
    print_receipt(last_receipt(settings), console)


@main.command("export-person")
@click.option(
    "--request",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="CSV in the shape of the feed privacy/erasure_requests; its lines name one person.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write into, new or empty.")
def export_person(file: Path, out: Path) -> None:
    """Right of access: write all that is held about one person as CSV files, with a README that explains them.

    Exit status 0 only if the request leads to exactly one person.
    """
    from erasure.export import export_person as write
    from erasure.people import read_requests
    from orchestration import audit
    from orchestration.lock import writer_lock

    settings = Settings.from_env()
    requests = read_requests(file)
    with _progress() as progress, writer_lock(settings.home):
        task = progress.add_task("export", total=1, at="")
        rows = write(settings, requests, out, lambda at: progress.update(task, at=at))
        audit.record(settings, "export", requests=len(requests), files=len(rows), rows=sum(rows.values()))
        progress.update(task, completed=1, at="")
    table = Table("file", "rows", box=None)
    for name, count in sorted(rows.items()):
        table.add_row(name, f"{count:,}")
    console.print(table)
    console.print(f"Written to {out}, readable by you alone. Read README.md there first.", soft_wrap=True)


@main.command()
@click.option("--hcps", type=click.IntRange(1), default=SAMPLE_HCPS, show_default=True, help="People.")
@click.option("--days", type=click.IntRange(1), default=SAMPLE_DAYS, show_default=True, help="Length of the history.")
@click.option("--seed", type=int, default=SAMPLE_SEED, show_default=True, help="Same seed, same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Landing folder to write into.")
@click.option(
    "--truth", type=click.Path(path_type=Path), help="Folder for the planted truth; none is written without it."
)
def simulate(hcps: int, days: int, seed: int, out: Path, truth: Path | None) -> None:
    """Write vendor-true synthetic deliveries."""
    import simulator

    simulator.write(hcps=hcps, days=days, seed=seed, out=out, truth=truth)
    console.print(
        f"Wrote deliveries to {out}" + (f" and their truth to {truth}" if truth else "") + ".", soft_wrap=True
    )


@main.command()
def init() -> None:
    """Make home, key and feeds.yml for production; say where files go and what to back up. Changes nothing that exists."""
    from deliveries.registry import load
    from orchestration import modes
    from orchestration.first_day import make_feeds_file, print_next_steps
    from orchestration.pseudonyms import make_key
    from orchestration.settings import PROJECT_DIR

    settings = Settings.from_env()
    modes.groups_of(settings)
    places = {"home": settings.home, "landing folder": settings.landing, "key": settings.key_file}
    made = [name for name, path in places.items() if not path.exists()]
    settings.prepare()
    settings.landing.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_key(settings.key_file)
    made += ["feeds.yml"] if make_feeds_file(settings.home / "feeds.yml") else []
    print_next_steps(settings, load(PROJECT_DIR), made, console)


@main.command()
@click.argument("landing", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(landing: Path | None) -> None:
    """Dry run on your own files: what would load, what would be refused or quarantined and why. Writes nothing.

    LANDING defaults to RAPPORT_LANDING. Exit status 0 if every file and row would be used, else 1.
    """
    from dataclasses import replace

    from orchestration.check import dry_run
    from orchestration.findings import report
    from orchestration.first_day import obstacles, print_report

    settings = Settings.from_env()
    settings = replace(settings, landing=landing.absolute()) if landing else settings
    with _progress() as progress:
        task = progress.add_task("starting", total=1, at="")
        found = report(dry_run(settings, lambda stage, at: progress.update(task, description=stage, at=at)))
        progress.update(task, description="checked", completed=1, at="")
    print_report(found, settings, console)
    for obstacle in obstacles(settings):
        console.print(obstacle, soft_wrap=True, highlight=False)
    if not found.would_all_load:
        raise click.exceptions.Exit(1)


@main.command()
def status() -> None:
    """Last release, freshness per feed, refusals, open quarantine, gate result."""
    from orchestration.summary import print_status

    print_status(Settings.from_env(), console)


@main.command("releases")
def list_releases() -> None:
    """List the releases of this home, oldest first."""
    import releases

    settings = Settings.from_env()
    table = Table("release", "as of", "created at", "current")
    current = (settings.releases / "current").resolve().name
    for release in releases.list_releases(settings):
        manifest = release.manifest
        table.add_row(
            release.release_id, manifest["as_of"], manifest["created_at"], "*" if release.release_id == current else ""
        )
    console.print(table)


@main.command()
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Row and column differences between two releases."""
    import releases
    from releases.publication import find

    settings = Settings.from_env()
    table = Table(box=None)
    table.add_column("table", no_wrap=True)
    for heading in ("before", "after", "added", "removed", "changed"):
        table.add_column(heading, justify="right")
    table.add_column("columns")
    for each in releases.diff(find(settings, before), find(settings, after)):
        columns = [f"+{c}" for c in each.columns_added] + [f"-{c}" for c in each.columns_removed]
        columns += [f"~{c}" for c in each.columns_retyped]
        counts = (each.rows_before, each.rows_after, each.rows_added, each.rows_removed, each.rows_changed)
        table.add_row(each.table, *("" if count is None else f"{count:,}" for count in counts), " ".join(columns))
    console.print(table)


@main.command()
@click.argument("release_id", required=False)
def rollback(release_id: str | None) -> None:
    """Point `current` to an earlier release: the one before it, or the one named."""
    import releases
    from orchestration.lock import writer_lock

    settings = Settings.from_env()
    with writer_lock(settings.home):
        console.print(f"Release {releases.rollback(settings, release_id).release_id} is current.")


@main.command()
@click.argument("release_id", required=False)
def verify(release_id: str | None) -> None:
    """Hash every file of a release again and audit it again; without an id the current one, and the audit log too."""
    import releases
    from orchestration.lock import writer_lock

    settings = Settings.from_env()
    with writer_lock(settings.home):  # the audit compares with the identifiers that the warehouse holds
        log = None if release_id else releases.judge_log(settings)
        problems = releases.verify(settings, release_id)
    if not problems:
        console.print("Every file is as published, and the gate passes.")
    if log and log.is_whole:
        console.print(log.words, soft_wrap=True)
    elif log:
        problems.append(log.words)
    if problems:
        raise click.ClickException("\n".join(problems))


@main.command()
@click.option("--dry-run", is_flag=True, help="Only count, per class and feed, what is past its period.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day from which periods count; default: as in `run`.")
def retain(dry_run: bool, as_of: datetime | None) -> None:
    """Take what is past its retention period out of landing, raw and quarantine. Never part of `run`."""
    from deliveries.registry import load
    from erasure.retention import retain as cut
    from orchestration.lock import writer_lock
    from orchestration.settings import PROJECT_DIR, default_as_of
    from orchestration.summary import print_retention

    settings = Settings.from_env()
    day = as_of.date() if as_of else default_as_of(settings.landing, datetime.now(UTC).date())
    with writer_lock(settings.home), _progress() as progress:
        task = progress.add_task("retention", total=1, at="")
        past = cut(settings, load(PROJECT_DIR), day, lambda _, at: progress.update(task, at=at), dry_run=dry_run)
        progress.update(task, completed=1, at="")
    print_retention(past, console, is_done=not dry_run)


@main.command("rotate-key")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rotate_key(yes: bool) -> None:
    """New secret for the pseudonyms: every key changes, and old-to-new is kept for stewards only."""
    import releases
    from orchestration.rotation import rotate

    settings = Settings.from_env()
    _prepare(settings)
    earlier = releases.list_releases(settings)
    console.print(
        f"Every pseudonym of {settings.home} changes: hcp_key, user_key, touchpoint_id and all others. A saved key leads to\n"
        f"its new one in restricted.bridge_key_rotations, for stewards only. {len(earlier)} earlier releases bear the old keys:\n"
        "they are removed once the new one is published, and the old secret is destroyed.",
        soft_wrap=True, highlight=False,
    )  # fmt: skip
    if not yes and sys.stdin.isatty():  # a script has said what it wants
        click.confirm("Rotate now?", abort=True)
    current = settings.releases / "current"
    as_of = releases.find(settings, None).as_of_on if current.exists() else None
    done = rotate(settings, lambda renewed: _run_job(renewed, as_of))
    console.print(
        f"Release {done.release} is current under the new key: {done.keys:,} keys have a new one, {done.releases_removed} earlier\n"
        f"releases are removed, and the old secret is destroyed. Renew the backup of {settings.key_file} now, and destroy\n"
        "the old backup.",
        soft_wrap=True, highlight=False,
    )  # fmt: skip


@main.command()
@click.option("--port", type=int, default=3000, show_default=True)
def dev(port: int) -> None:
    """Dagster's UI on 127.0.0.1 with the graph, the schedule and the landing sensor."""
    settings = Settings.from_env()
    _prepare(settings)
    os.environ.update(settings.environment())
    os.chdir(settings.state)
    dagster = str(Path(sys.executable).with_name("dagster"))
    os.execv(dagster, [dagster, "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)])


if __name__ == "__main__":
    main()
