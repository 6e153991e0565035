"""What a dry run has to say to the operator: per feed what would load, what would not and why, and how to mend it.

Names, counts, row numbers and settings; never a cell's value.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deliveries import hints
from deliveries.columns import SAFE_NAME
from deliveries.errors import DeliveryRefused
from deliveries.landing import read_name
from deliveries.ledger import APPLIED, IGNORED, REFUSED_SUSPICIOUS_FULL, Entry
from deliveries.registry import VendorObject
from orchestration.check import DryRun, Verdict

STOP, NOTE = "stop", "note"  # would not load; would load, but look at it
NAMED = 12  # names in a list; the others are counted

WAY_OUT = {
    "null_key": "the key is empty: without it a row cannot be told from the next",
    "field_count": "more or fewer fields than the header: often a delimiter or line break in a value without quotes",
    "malformed_quote": "a quote stands inside a value that is not quoted, or is not doubled",
    "line_too_long": "the line is longer than 64 MB",
    "not_json": "the line is no JSON object",
    "unparsable_date": "dates are read as 2026-01-31 or 2026-01-31T10:00:00Z (in Open Payments 01/31/2026)",
    "unparsable_number": "numbers are read as 1234.5; a word for `nothing` goes into `null_words`",
    "unknown_value": "a value outside the list; if it is right, add it under `picklists`",
    "missing_parent": "the record that it belongs to has not come; the rows load when it does",
    "no_share_consent": "the learner has not agreed to be named to this company: privacy/cme_share_consents, RAPPORT_OPERATOR",
    "completion_date_missing": "a completed credit needs its date",
    "merge_loop": "merges that lead back to their beginning: to be mended in the CRM",
    "future_event": "more than a day after the extract's instant in the file name; it loads when its day has come",
}


@dataclass(frozen=True)
class Finding:
    """One thing to know about a feed or file, and what to do about it."""

    kind: str
    words: str
    ways_out: tuple[str, ...] = ()


@dataclass
class Feed:
    """All that is to be said about one object, or about a folder that is none."""

    place: str
    files: int = 0
    rows: int = 0
    dispositions: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)  # lines for feeds.yml


@dataclass
class Report:
    """The whole answer. `settings` is the proposed addition to feeds.yml."""

    feeds: list[Feed]
    missing: list[tuple[str, str]]  # (system/object, what will be empty)

    @property
    def would_all_load(self) -> bool:
        """Whether every file and row of the landing folder would be used."""
        return bool(self.feeds) and not any(f.kind == STOP for feed in self.feeds for f in feed.findings)

    @property
    def settings(self) -> dict[str, Any]:
        """Proposed lines of feeds.yml: {system: {object: {setting: value}}}."""
        proposed: dict[str, Any] = {}
        for feed in self.feeds:
            if feed.settings:
                system, _, name = feed.place.partition("/")
                proposed.setdefault(system, {})[name] = feed.settings
        return proposed


def report(run: DryRun) -> Report:
    """Everything there is to say about a dry run, feed by feed."""
    delivered = {(a.system, a.object) for a in run.arrivals}
    feeds = [_of_object(run, o) for o in run.registry.objects if (o.system, o.name) in delivered]
    feeds += _strangers(run)
    usable = {(e.system, e.object) for e in run.ledger if e.status == APPLIED}
    return Report(feeds, list(_missing(run, delivered | usable)))


def _of_object(run: DryRun, o: VendorObject) -> Feed:
    feed = Feed(f"{o.system}/{o.name}")
    entries = [e for e in run.ledger if (e.system, e.object) == (o.system, o.name)]
    applied = [e for e in entries if e.status == APPLIED]
    feed.files, feed.rows = len(entries), sum(e.rows_read for e in applied)
    for entry in entries:
        if entry.status != APPLIED:
            feed.findings.extend(_refused(run, o, entry, feed))
    for verdict in run.verdicts.get((o.system, o.name), ()):
        feed.dispositions[verdict.disposition] += verdict.rows
        if verdict.disposition == "quarantined":
            feed.findings.append(_quarantined(verdict, feed))
    if applied:
        feed.findings.extend(_columns(o, applied, feed))
    return feed


def _refused(run: DryRun, o: VendorObject, entry: Entry, feed: Feed) -> Iterator[Finding]:
    path = run.landing / o.system / o.name / entry.delivery
    words = f"{entry.delivery} refused: {entry.status_reason}"
    try:
        read_name(entry.delivery)
        is_named = "must end in" not in (entry.status_reason or "")
    except DeliveryRefused:
        is_named = False
    if not is_named:
        yield Finding(STOP, words, (f"rename it to {hints.file_name(path, o)}: the instant of its extract, in UTC",))
        return
    header = hints.header_of(path, o)
    if entry.status == REFUSED_SUSPICIOUS_FULL:
        yield Finding(
            STOP, words, ("if so much is gone, deliver the rest without _full, and the keys to delete as _deletes",)
        )
    elif header is None or not (header.settings or header.missing):
        yield Finding(STOP, words, ("deliver it again",))
    else:
        yield Finding(STOP, words, tuple(_header_says(o, header, feed)))


def _header_says(o: VendorObject, header: hints.Header, feed: Feed) -> Iterator[str]:
    """How a file could be read, or why it cannot; what can be set goes into the lines for feeds.yml."""
    if o.format == "json" and header.missing:
        inside = f", and its records under {o.records}" if o.records else ""
        yield f"each page must carry {', '.join(o.envelope.values()) or 'the columns'}{inside}; found: {_listed(sorted(header.names))}"
    elif header.is_stranger:
        yield f"its columns are not those of {feed.place}: does it lie in the right folder?"
    if header.is_stranger:
        return
    for setting, value in header.settings.items():
        if feed.rows:
            yield f"it is in {setting} {value!r}, while other files of this feed are not: export it like those"
        else:
            feed.settings[setting] = value
            yield f"it can be read with {setting} {value!r}: see the lines for feeds.yml"
    for ours, theirs in header.resembling.items():
        feed.settings.setdefault("columns", {})[ours] = theirs
        yield f"the file's {theirs} looks like {ours}: see the lines for feeds.yml"
    if unexplained := [name for name in header.missing if name not in header.resembling]:
        left = [name for name in header.names if name not in header.resembling.values()]
        others = f"; its own other columns: {_listed(left)}" if left else ""
        yield f"nothing in it looks like {', '.join(unexplained)}{others}"


def _quarantined(verdict: Verdict, feed: Feed) -> Finding:
    reason = verdict.reason_code or "unknown"
    place = f" in {verdict.column_names.replace(';', ', ')}" if verdict.column_names else ""
    where = f"first in {verdict.delivery}, data row {verdict.row_number:,}"
    if reason == "unknown_value":
        for column in filter(None, (verdict.column_names or "").split(";")):
            feed.settings.setdefault("picklists", {}).setdefault(column, ["<the value, if it is right>"])
    words = f"{plural(verdict.rows, 'row')} to quarantine: {reason}{place}; {where}"
    return Finding(STOP, words, (WAY_OUT[reason],) if reason in WAY_OUT else ())


def _columns(o: VendorObject, applied: list[Entry], feed: Feed) -> Iterator[Finding]:
    had = {name for entry in applied for name in (entry.columns or "").split(";")}
    unknown = sorted({name for e in applied for name in (e.unknown_columns or "").split(";") if name})
    absent = [column.name for column in o.loaded if column.name not in had]
    alike = hints.resembling(absent, unknown, at_least=0.85)
    if alike:
        pairs = ", ".join(f"{theirs} looks like {ours}" for ours, theirs in alike.items())
        feed.settings.setdefault("columns", {}).update(alike)
        yield Finding(NOTE, f"unknown columns that may be ours: {pairs}", ("if so, take the lines for feeds.yml",))
    if strange := [name for name in unknown if name not in alike.values()]:
        yield Finding(NOTE, f"{len(strange)} unknown columns, kept in raw and read by nothing: {_listed(strange)}")
    if o.format == "csv" and (empty := [name for name in absent if name not in alike]):
        yield Finding(NOTE, f"{len(empty)} optional columns absent, taken as empty: {_listed(empty)}")


def _strangers(run: DryRun) -> Iterator[Feed]:
    """Folders that no object is registered for, and files that lie in the wrong depth."""
    by_folder: dict[tuple[str, str], list[Entry]] = {}
    for entry in run.ledger:
        if entry.status == IGNORED:
            by_folder.setdefault((entry.system, entry.object), []).append(entry)
    for (system, name), entries in by_folder.items():
        feed = Feed("/".join(filter(None, (system, name))) or ".", files=len(entries))
        guess = hints.folder(system, name, run.registry)
        parts = name.split("/")
        if not name or len(parts) > 1:
            words = "files must lie in <system>/<object>/, two folders deep"
            inside = next((o for o in run.registry.objects if (o.system, o.name) == (system, parts[0])), None)
            guess = f"{inside.system}/{inside.name}" if inside else guess
        elif system not in {o.system for o in run.registry.objects}:
            words = f"no system is called {system}" if SAFE_NAME.fullmatch(system) else "no such system"
        else:
            words = f"{system} has no object of this name"
        way_out = f"if this is {guess}, move it to {guess}/" if guess else f"known: {_known(run, system)}"
        files = _listed([entry.delivery for entry in entries])
        feed.findings.append(Finding(STOP, f"ignored: {words}. Lying there: {files}", (way_out,)))
        yield feed


def _known(run: DryRun, system: str) -> str:
    objects = [o.name for o in run.registry.objects if o.system == system]
    return _listed(objects or sorted({o.system for o in run.registry.objects}))


def _missing(run: DryRun, delivered: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Objects that did not come although their system, or one that needs them, did."""
    systems = {system for system, _ in delivered}
    for o in run.registry.objects:
        if (o.system, o.name) not in delivered and o.without and systems & {o.system, *o.needed_by}:
            yield f"{o.system}/{o.name}", o.without


def plural(count: int, noun: str) -> str:
    """A count and its noun."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return shown + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
