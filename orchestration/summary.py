"""What a person reads after a run, and with `rapport status`: counts and paths, never a person."""

import json
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings

COUNTS = {
    "Rows read": "select sum(rows_read) from governance.mart_delivery_accounting",
    "Rows quarantined": "select sum(rows_quarantined) from governance.mart_delivery_accounting",
    "Deliveries refused": "select count(*) from governance.mart_delivery_accounting where status like 'refused%'",
    "Touchpoints": "select count(*) from core.fct_touchpoints",
    "HCPs": "select count(*) from core.dim_hcps",
    "Violations": "select count(*) from governance.mart_consent_violations",
}


def print_summary(settings: Settings, console: Console) -> None:
    """The table at the end of `rapport run`, read from the release that was just published."""
    release = (settings.releases / "current").resolve()
    manifest = json.loads((release / "manifest.json").read_text())
    table = Table(title=f"Release {release.name}, as of {manifest['as_of']}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as marts:
        for label, sql in COUNTS.items():
            (value,) = marts.execute(sql).fetchone() or (0,)
            table.add_row(label, f"{value or 0:,}")
        rules, passed, failed = marts.execute(
            "select count(*), count(*) filter (where is_passed), count(*) filter (where not is_passed)"
            " from governance.mart_data_quality"
        ).fetchone() or (0, 0, 0)
    table.add_row(
        "Gate", f"passed: {passed} of {rules} rules hold, {failed} report, {rules - passed - failed} not applicable"
    )
    console.print(table)
    for label, path in _where_to_look(settings.releases / "current").items():
        console.print(f"{label:<14}{path}", soft_wrap=True)


def print_status(settings: Settings, console: Console) -> None:
    """Freshness per feed, refusals and open quarantine of the current release."""
    release = settings.releases / "current"
    if not release.exists():
        console.print(f"No release in {settings.releases} yet: `rapport run` makes one.")
        return
    print_summary(settings, console)
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as marts:
        feeds = Table(title="Feeds: files, newest delivery, rows read, rows waiting in quarantine", box=None)
        feeds.add_column("feed", no_wrap=True)
        for heading in ("files", "newest", "rows", "waiting"):
            feeds.add_column(heading, justify="right")
        for row in marts.execute(
            "select system || '/' || object, count(*), max(delivered_at)::date, sum(rows_read), sum(rows_quarantined)"
            " from governance.mart_delivery_accounting group by 1 order by 1"
        ).fetchall():
            feeds.add_row(*(str(value) for value in row))
        console.print(feeds)
        for title, sql in {
            "Refused": "select system, object, delivery, status, status_reason from governance.mart_delivery_accounting"
            " where status like 'refused%' order by all",
            "In quarantine": "select system, object, delivery, reason_code, column_names, rows"
            " from governance.mart_quarantine_reasons order by all",
        }.items():
            rows = marts.execute(sql).fetchall()
            if rows:
                table = Table(title=title, show_header=False)
                for row in rows:
                    table.add_row(*("" if value is None else str(value) for value in row))
                console.print(table)


def _where_to_look(release: Path) -> dict[str, Path]:
    return {
        "Report": release / "report" / "index.html",
        "Quality": release / "quality" / "index.html",
        "Docs": release / "docs" / "index.html",
        "Marts": release / "marts.duckdb",
    }
