"""Retention: people and events past their period leave landing, raw and quarantine (CMP-04, ruling 55). Never part of a run.

A person is past it whose last event is; the rows then go as an erasure takes them, but nothing remembers the person: who is
delivered again is there again. An event is past it by its own date, with the undated records that hang on it. What a person
decided (consents, refusals, objections) is no event: it holds as long as the person is here, and so does the record on which it
hangs. A row without a date of its own counts from the first delivery of its record.
"""

import csv
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from deliveries.profiles import ALL_ROWS, among
from deliveries.registry import Registry, VendorObject, load_overrides
from deliveries.storage import identifier, literal
from deliveries.tombstones import marks_of
from erasure.deliveries import Progress, sweep
from erasure.tombstones import bury, remember_guarded
from erasure.traces import PERSON, RECORD, REFERENCE, Trace, Tracer
from erasure.warehouse import Known, known_people
from orchestration import audit
from orchestration.settings import PROJECT_DIR, Settings
from releases import list_releases

OF_PEOPLE, OF_EVENTS = "identifier", "personal"  # the classes whose periods count for raw rows, and for published facts
NO_EVENTS = ("privacy", "reference")  # feeds of decisions and lists
ANSWERS = {("on24", "registrant"): "marketingemail"}  # whoever registers may say whether mails are welcome
REGISTERS = ("nppes", "cms_clinicians")  # public: a row there is no event of anybody's
NOBODY = "nobody|"
SCRATCH = "retention-"  # a folder in state


class RetentionImpossible(Exception):
    """Without a working database nobody's ids are known to be one person's; the message says what to do first."""


@dataclass(frozen=True)
class Periods:
    """What is older than these days is past its period."""

    people: date
    events: date

    @classmethod
    def on(cls, as_of: date) -> "Periods":
        """By the seed of column classes, as it holds on that day."""
        months: dict[str, int] = {}
        with next((PROJECT_DIR / "seeds").rglob("retention_classes.csv")).open() as rows:
            for row in sorted(csv.DictReader(rows), key=lambda row: row["valid_from_on"]):
                if row["class"] not in months or row["valid_from_on"] <= as_of.isoformat():
                    months[row["class"]] = int(row["months"])
        return cls(_months_before(as_of, months[OF_PEOPLE]), _months_before(as_of, months[OF_EVENTS]))


@dataclass
class Past:
    """What is past its period: marks of people with all that is theirs, and places of events; rows per feed of each."""

    kinds = (OF_PEOPLE, OF_EVENTS)

    periods: Periods
    people: int = 0
    trace: Trace = field(default_factory=lambda: Trace(set()))
    events: dict[tuple[str, str], set[tuple[str, int]]] = field(default_factory=dict)
    guarded: set[str] = field(default_factory=set)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)  # (feed, class)
    removed: Counter[str] = field(default_factory=Counter)
    releases: list[str] = field(default_factory=list)  # published with what is past its period


def retain(settings: Settings, registry: Registry, as_of: date, progress: Progress, *, dry_run: bool) -> Past:
    """Find what is past its period, and remove it unless asked not to. The caller holds the writer's lock."""
    if not settings.warehouse.exists() or not settings.manifest.exists():
        raise RetentionImpossible(
            f"There is no working database in {settings.home}: `rapport run` first, then `rapport retain`."
        )
    registry = registry.overridden(load_overrides(settings.home))
    progress("retention", "looking for what is past its period")
    past = _past(settings, registry, Periods.on(as_of))
    past.releases = [release.release_id for release in list_releases(settings)] if past.rows else []
    if not dry_run:
        for left in settings.state.glob(f"{SCRATCH}*"):  # by one that was killed
            shutil.rmtree(left)
        if past.rows:
            if past.guarded:
                remember_guarded(settings.home, past.guarded)
            past.removed = _remove(settings, registry, past, progress)
        audit.record(
            settings, "retention", as_of=as_of.isoformat(), people=past.people, people_before=past.periods.people.isoformat(),
            events_before=past.periods.events.isoformat(), earlier_releases=len(past.releases),
            **{place: past.removed[place] for place in ("landing", "raw", "quarantine")},
        )  # fmt: skip
    return past


def _remove(settings: Settings, registry: Registry, past: Past, progress: Progress) -> Counter[str]:
    """As an erasure, by tombstones that are gone afterwards."""
    with TemporaryDirectory(prefix=SCRATCH, dir=settings.state) as folder:
        (Path(folder) / "secrets").mkdir(mode=0o700)
        bury(Path(folder), past.trace.marks | {NOBODY})
        return sweep(settings, registry, Path(folder), progress, further=past.events)


def _past(settings: Settings, registry: Registry, periods: Periods) -> Past:
    found = Past(periods)
    with known_people(settings, registry) as known:
        connection, tracer = known.connection, Tracer(known.connection, settings.home, registry)
        connection.execute(
            "create temp table dated (object int, delivery text, row bigint, last_on date, is_dated boolean,"
            " is_decision boolean, weight int)"
        )
        for number, (o, rows) in enumerate(tracer.objects):
            connection.execute(_dated(number, o, rows))
        own = _people(known, periods)
        found.people = len(own)
        marks = {
            mark for person, is_mark in own for mark in ([person] if is_mark else known.all_marks(known.ids_of(person)))
        }
        if marks:
            known.leave(marks)
            found.trace = tracer.trace(marks)
            shown = {mark for row in found.trace.rows.values() if row.is_about for mark in row.people}
            found.guarded = {mark for mark in shown - marks if known.is_guarded(mark)}
        gone = {place for place, row in found.trace.rows.items() if found.trace.goes(row)}
        found.rows.update((f"{system}/{name}", OF_PEOPLE) for system, name, _, _ in gone)
        for number, delivery, row in _events(connection, periods):
            o = tracer.objects[number][0]
            found.events.setdefault((o.system, o.name), set()).add((delivery, row))
            if (o.system, o.name, delivery, row) not in gone:
                found.rows[f"{o.system}/{o.name}", OF_EVENTS] += 1
    return found


def _dated(number: int, o: VendorObject, rows: str) -> str:
    """The last date of each record, in any of its versions, whether its rows are events by their own date, and what they weigh."""
    column = next((c for c in o.columns if c.name == o.future.get("column")), None)
    own = "cast(null as date)"
    if column:
        value = identifier(column.name)
        iso = f"try_cast(left({value}, 10) as date)"
        own = f"cast(try_strptime({value}, '%m/%d/%Y') as date)" if column.type == "date_us" else iso
    describes = "false" if marks_of(o).records else "true"  # the person is its key
    key = ", ".join(identifier(name) for name in o.key)
    return (
        "insert into dated with rows_of as (select *, "
        f"{own} as _own, min(cast(_delivered_at as date)) over (partition by {key}) as _first from ({rows}))"
        f" select {number}, _delivery, _row, max(coalesce(_own, _first)) over (partition by {key}), _own is not null, {_decision(o)},"
        f" {0 if o.system in REGISTERS else f'case when _own is null and {describes} then 1 else 2 end'} from rows_of"
    )


def _decision(o: VendorObject) -> str:
    """Which rows say what a person decided. Where refusals name their person, all rows of the object are decisions."""
    if o.system in NO_EVENTS or o.opt_outs == ALL_ROWS or (o.opt_outs and any(c.person for c in o.columns)):
        return "true"
    if answer := ANSWERS.get((o.system, o.name)):
        return f"{identifier(answer)} is not null"
    return (
        f"coalesce({' and '.join(among(o, o.opt_outs))}, false)"
        if isinstance(o.opt_outs, Mapping) and o.opt_outs
        else "false"
    )


def _people(known: Known, periods: Periods) -> set[tuple[str, bool]]:
    """Persons, and marks of ids that lead to nobody known (true), whose last event is before the period.

    A mark that shares a row with somebody who stays may be theirs: it stays too.
    """
    connection = known.connection
    connection.execute(
        f"""
        create temp table about as
        select coalesce(ids.person_key, marks.mark) as person, ids.person_key is null as is_stranger, object, delivery, row,
            last_on, weight
        from marks inner join dated using (object, delivery, row) left join ids using (mark)
        where role = '{PERSON}' and mark not in (select mark from guarded)
            and (ids.person_key is not null or mark not like 'email|%')
        """
    )
    connection.execute(
        f"""
        create temp table past_people as
        select person, bool_and(is_stranger) as is_stranger from about group by person
        having coalesce(max(last_on) filter (weight = 2), max(last_on) filter (weight = 1)) < {literal(periods.people)}
        """
    )
    while True:
        (kept,) = connection.execute(
            """
            delete from past_people where is_stranger and person in (
                select about.person from about semi join (
                    select object, delivery, row from about anti join past_people using (person)
                ) as of_others using (object, delivery, row)
            )
            """
        ).fetchone() or (0,)
        if not kept:
            return set(connection.execute("select person, is_stranger from past_people").fetchall())


def _events(connection: duckdb.DuckDBPyConnection, periods: Periods) -> list[tuple[int, str, int]]:
    """Rows of events before the period, unless a decision hangs on their record; and undated ones that hang on such a record."""
    before = literal(periods.events)
    connection.execute(
        f"""
        create temp table past_events as
        with decided as (
            select mark from marks inner join dated using (object, delivery, row) where role = '{REFERENCE}' and is_decision
        ),
        held as (select object, delivery, row from marks semi join decided using (mark) where role = '{RECORD}')
        select object, delivery, row from dated anti join held using (object, delivery, row)
        where is_dated and not is_decision and last_on < {before}
        """
    )
    while True:
        (added,) = connection.execute(
            f"""
            insert into past_events
            with gone as (
                select mark from marks inner join past_events using (object, delivery, row) where role = '{RECORD}'
            )
            select distinct object, delivery, row
            from marks inner join dated using (object, delivery, row) anti join past_events using (object, delivery, row)
            where role = '{REFERENCE}' and not is_dated and not is_decision and mark in (select mark from gone)
            """
        ).fetchone() or (0,)
        if not added:
            return connection.execute("select object, delivery, row from past_events").fetchall()


def _months_before(day: date, months: int) -> date:
    (found,) = duckdb.execute(f"select cast(date '{day}' - interval {months} month as date)").fetchone() or (day,)
    return date.fromisoformat(str(found))
