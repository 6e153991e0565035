"""The report of a release: one HTML page for people, with aggregates only and nothing fetched from elsewhere."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestration.settings import Settings
from releases import files
from releases.manifest import Release, figures, rows

SMALLEST_CELL = 10  # people; an operator's counsel may ask for more
HIDDEN = f"under {SMALLEST_CELL}"
BINS, BIN_WIDTH = 20, 5
CLASSES = ("human", "machine", "unknown", "pending", "none")


def write_report(settings: Settings, release: Release) -> Path:
    """Write `report/index.html` from the release's own files."""
    import jinja2

    with files.opened(files.database(release.folder, files.MARTS)) as connection:
        found = {name: rows(connection, name) for name in figures()}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["number"] = _number
    page = environment.get_template("report.html.j2").render(
        release=release,
        manifest=release.manifest,
        is_passed=release.gate["is_passed"],
        went_in=found["went_in"],
        quarantine=found["quarantine"],
        resolved=found["resolved"],
        totals=found["totals"][0],
        channels=_channels(found),
        classes=CLASSES,
        consents=_hide(found["consents"], "stretches"),
        violations=_hide(found["violations"], "violations"),
        coverage=_hide(found["score_coverage"], "median_score")[0],
        bins=_bins(found["scores"]),
        gate=found["gate"],
        smallest=SMALLEST_CELL,
    )
    path = release.folder / files.REPORT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page)
    return path


def _number(value: Any) -> str:
    if value is None:
        return HIDDEN
    return (
        f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else f"{int(value):,}"
    )


def _hide(cells: Iterable[dict[str, Any]], *measures: str) -> list[dict[str, Any]]:
    """Cells with the measures of those under SMALLEST_CELL people taken out.

    A single hidden cell could be had by subtraction from the total, so the smallest visible one is hidden with it.
    """
    cells = [dict(cell) for cell in cells]
    hidden = [cell for cell in cells if 0 < cell["people"] < SMALLEST_CELL]
    seen = sorted((cell for cell in cells if cell["people"] >= SMALLEST_CELL), key=lambda cell: cell["people"])
    for cell in hidden + (seen[:1] if len(hidden) == 1 else []):
        cell.update(dict.fromkeys((*measures, "people")))
    return cells


def _channels(found: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One row per channel, with its touches per response class and those without permission; None = hidden."""
    channels = _hide(found["channels"], "touchpoints")
    for channel in channels:
        of_channel = [cell for cell in found["responses"] if cell["channel"] == channel["channel"]]
        permitted = [cell for cell in found["permissions"] if cell["channel"] == channel["channel"]]
        channel["classes"] = dict.fromkeys(CLASSES, 0) | {
            cell["response_class"]: cell["touchpoints"] for cell in _hide(of_channel, "touchpoints")
        }
        channel["not_permitted"] = 0
        for cell in _hide(permitted, "touchpoints"):
            if not cell["is_permitted"]:
                channel["not_permitted"] = cell["touchpoints"]
        known = [count for count in channel["classes"].values() if count]
        total = channel["touchpoints"] or sum(known)
        channel["shares"] = {name: (count or 0) / total if total else 0.0 for name, count in channel["classes"].items()}
    return channels


def _bins(scores: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The histogram: every bin of the score, its people (None = hidden) and its height between 0 and 1."""
    people = {cell["bin"]: cell["people"] for cell in _hide(scores)}
    highest = max((count for count in people.values() if count), default=1)
    return [
        {
            "from": BIN_WIDTH * i,
            "to": BIN_WIDTH * (i + 1),
            "people": people.get(i, 0),
            "height": (people.get(i) or 0) / highest,
        }
        for i in range(BINS)
    ]
