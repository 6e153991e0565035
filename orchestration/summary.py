"""What a person reads after a run, and with `rapport status`: counts and paths, never a person."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from orchestration.settings import Settings, default_as_of

if TYPE_CHECKING:
    import dagster as dg

    from erasure.retention import Past

COUNTS = {
    "Rows read": "select sum(rows_read) from governance.mart_delivery_accounting",
    "Rows quarantined": "select sum(rows_quarantined) from governance.mart_delivery_accounting",
    "Deliveries refused": "select count(*) from governance.mart_delivery_accounting where status like 'refused%'",
    "Touchpoints": "select count(*) from core.fct_touchpoints",
    "HCPs": "select count(*) from core.dim_hcps",
    "Violations": "select count(*) from governance.mart_consent_violations",
}
GATE = """
    select count(*), count(*) filter (where is_passed), count(*) filter (where not is_passed)
    from governance.mart_data_quality where theme <> 'deliveries'
"""
# In quarantine: largest first, so that the first lines are the ones to mend.
WAITING = """
    select system || '/' || object, reason_code, coalesce(column_names, ''), sum(rows)
    from governance.mart_quarantine_reasons group by all order by 4 desc, 1, 2, 3
"""
REFUSED = """
    select system || '/' || object || '/' || delivery, status_reason from governance.mart_delivery_accounting
    where status like 'refused%' order by delivery desc, 1
"""
FEEDS = """
    select system || '/' || object as feed, count(*), max(delivered_at), sum(rows_read), sum(rows_quarantined)
    from governance.mart_delivery_accounting group by 1 order by 1
"""
MOST = 20  # lines of a list; the rest is counted, and the report has them all


def print_summary(settings: Settings, console: Console) -> None:
    """The end of `rapport run`: the release that was just published, and what was odd about its deliveries."""
    _print_release(settings, console)
    _print_warnings(settings, console)
    _print_open_requests(settings, console)
    for label, path in _where_to_look(settings.releases / "current").items():
        console.print(f"{label:<14}{path}", soft_wrap=True)


def print_receipt(receipt: dict[str, Any], console: Console) -> None:
    """The end of `rapport erase`: what was removed where, and that a search of every file finds nothing."""
    table = Table(title="Erasure", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("Requests", f"{len(receipt['requests']):,}")
    table.add_row("People", f"{receipt['people']:,}")
    table.add_row("Requests about nobody known", f"{receipt['requests_about_nobody']:,}")
    for place, rows in receipt["rows"].items():
        table.add_row(f"Rows removed: {place}", f"{rows:,}")
    table.add_row("Tombstones", f"{receipt['tombstones']:,}")
    table.add_row("Files searched", f"{receipt['files_searched']:,}")
    table.add_row("MB searched", f"{receipt['bytes_searched'] / 1e6:,.0f}")
    table.add_row("Found", f"{receipt['hits']:,}")
    table.add_row("Safety cases that nobody had passed on", f"{receipt['safety_cases_gone_unforwarded']:,}")
    table.add_row("Exports handed out before", f"{len(receipt['exports_handed_out']):,}")
    table.add_row("Seconds", f"{receipt['seconds']:,}")
    console.print(table)
    console.print(f"{'Receipt':<14}{receipt['path']}", soft_wrap=True)


def print_status(settings: Settings, console: Console) -> None:
    """The last run and release, freshness per feed, warnings, refusals and open quarantine."""
    release = settings.releases / "current"
    console.print(_last_run(settings), soft_wrap=True, highlight=False)
    if not release.exists():
        console.print(f"No release in {settings.releases} yet: `rapport run` makes one.", soft_wrap=True)
        return
    _print_release(settings, console)
    today = _as_of(settings)
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as marts:
        feeds = Table(title=f"Feeds on {today}", box=None)
        feeds.add_column("feed", overflow="fold")
        for heading in ("files", "newest", "age", "rows", "waiting"):
            feeds.add_column(heading, justify="right", no_wrap=True)
        for feed, files, newest, rows, waiting in marts.execute(FEEDS).fetchall():
            age = f"{(today - newest.date()).days} d" if newest else ""
            day = f"{newest:%Y-%m-%d}" if newest else "none"
            feeds.add_row(feed, f"{files:,}", day, age, f"{rows:,}", f"{waiting:,}" if waiting else "")
        console.print(feeds)
        _print_warnings(settings, console)
        _print_list(console, "Refused", marts.execute(REFUSED).fetchall())
        _print_list(console, "In quarantine: feed, reason, columns, rows", marts.execute(WAITING).fetchall())


def why_failed(settings: Settings, result: "dg.ExecuteInProcessResult") -> str:
    """The failed step's own words; for dbt, the models and tests that failed."""
    failure = next(event for event in result.all_events if event.is_step_failure)
    error = failure.step_failure_data.error
    while error and error.cause:
        error = error.cause
    if failure.step_key != "models":
        name, _, words = (error.message if error else "").strip().partition(": ")
        return words or name
    results = settings.dbt_target / "run_results.json"
    outcomes = json.loads(results.read_text())["results"] if results.is_file() else []
    failed = [f"  {o['unique_id']}: {o['message']}" for o in outcomes if o["status"] in ("error", "fail")]
    return "\n".join(
        [
            "The models could not be built; the last good release stays current.",
            *failed,
            f"Look into {settings.home / 'logs'}.",
        ]
    )


def print_retention(past: "Past", console: Console, *, is_done: bool) -> None:
    """What is past its period: rows per feed and class, and what became of them."""
    people, events = past.periods.people, past.periods.events
    if not past.rows:
        console.print(
            f"Nothing is past its period: no event before {events}, nobody last met before {people}.", soft_wrap=True
        )
        return
    table = Table(title="Past their period, rows", box=None)
    table.add_column("feed", overflow="fold")
    for kind, words in zip(
        past.kinds, (f"people last met before {people}", f"other events before {events}"), strict=True
    ):
        table.add_column(f"{kind}: {words}", justify="right")
    for feed in sorted({feed for feed, _ in past.rows}):
        table.add_row(feed, *(f"{past.rows[feed, kind]:,}" for kind in past.kinds))
    console.print(table)
    if not is_done:
        outcome = "Nothing was changed: `rapport retain` without --dry-run removes this."
    else:
        outcome = "All this left landing, raw and quarantine: `rapport run` publishes without it."
    console.print(f"{past.people:,} people and ids that lead to nobody. {outcome}", soft_wrap=True)
    if past.releases:
        words = "These releases hold it, and are kept as they are; remove their folders once a newer one is current:"
        console.print(f"{words} {', '.join(past.releases)}", soft_wrap=True)


def _print_release(settings: Settings, console: Console) -> None:
    release = (settings.releases / "current").resolve()
    manifest = json.loads((release / "manifest.json").read_text())
    table = Table(title=f"Release {release.name}, as of {manifest['as_of']}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as marts:
        for label, sql in COUNTS.items():
            (value,) = marts.execute(sql).fetchone() or (0,)
            table.add_row(label, f"{value or 0:,}")
        rules, passed, failed = marts.execute(GATE).fetchone() or (0, 0, 0)
    table.add_row(
        "Gate", f"passed: {passed} of {rules} rules hold, {failed} report, {rules - passed - failed} not applicable"
    )
    console.print(table)


def _print_warnings(settings: Settings, console: Console) -> None:
    """What the rules on deliveries say of the newest ones, as they lie in raw now."""
    from deliveries.profiles import path_of
    from expectations import Warned, examine

    if path_of(settings.home).exists():
        by_feed: dict[tuple[str, str, str], list[Warned]] = {}
        for each in examine(settings.home, _as_of(settings)).warnings:
            by_feed.setdefault((each.system, each.object, each.rule_id), []).append(each)
        if by_feed:
            console.print("Deliveries to look at (a warning stops nothing):")
        for found in by_feed.values():
            earlier = f", and {len(found) - 1} before it" if len(found) > 1 else ""
            console.print(f"  {escape(found[-1].place)}{earlier}", highlight=False, soft_wrap=True)
            console.print(Padding(escape(found[-1].words), (0, 0, 0, 4)), highlight=False)


def _print_open_requests(settings: Settings, console: Console) -> None:
    from deliveries.registry import load
    from erasure.orders import open_requests
    from orchestration.settings import PROJECT_DIR

    if count := open_requests(settings, load(PROJECT_DIR)):
        words = "an id that several people share does not say who is meant. Ask again with an id of the person alone."
        console.print(f"{count} rows of privacy/erasure_requests are not carried out: {words}", soft_wrap=True)


def _print_list(console: Console, title: str, rows: list[tuple[object, ...]]) -> None:
    if not rows:
        return
    table = Table(title=title, show_header=False, box=None, title_justify="left", pad_edge=False)
    for number, _ in enumerate(rows[0]):
        table.add_column(overflow="fold", justify="right" if number == len(rows[0]) - 1 and number > 1 else "left")
    for row in rows[:MOST]:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    console.print(table)
    if len(rows) > MOST:
        console.print(f"... and {len(rows) - MOST} more: see the report and governance in the release.")


def _last_run(settings: Settings) -> str:
    """When raw rows were last taken in; a run that published nothing since then was stopped or blocked."""
    ledger = settings.home / "raw" / "rapport" / "deliveries" / "deliveries.parquet"
    if not ledger.exists():
        return "No run yet."
    took_in = datetime.fromtimestamp(ledger.stat().st_mtime, UTC)
    published = settings.releases / "current" / "manifest.json"
    is_published = published.exists() and published.stat().st_mtime >= ledger.stat().st_mtime
    words = "and published" if is_published else "and has published nothing: it was blocked, failed, or is at work"
    return f"Last run: took in deliveries at {took_in:%Y-%m-%d %H:%M} UTC {words}."


def _as_of(settings: Settings) -> date:
    return default_as_of(settings.landing, datetime.now(UTC).date())


def _where_to_look(release: Path) -> dict[str, Path]:
    return {
        "Report": release / "report" / "index.html",
        "Quality": release / "quality" / "index.html",
        "Docs": release / "docs" / "index.html",
        "Marts": release / "marts.duckdb",
    }
