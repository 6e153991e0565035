"""Who a request is about: requests read from their file, and the person behind each, with all that names them.

Reads the working database and raw; removes nothing. No message and no `repr` here ever shows an id or another value.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from deliveries.registry import load, load_overrides
from deliveries.tombstones import KINDS
from erasure.errors import PersonAmbiguous, RequestsUnreadable
from erasure.strings import strings_of
from erasure.traces import ADDRESS, PERSON, Trace, Tracer
from erasure.warehouse import Known, known_people
from orchestration.settings import PROJECT_DIR, Settings

COLUMNS = ("request_id", "id_type", "id_value")
ID_TYPES = frozenset(KINDS)
SHAPES = {"npi": r"\d{10}", "email": r"[^@\s<>\"]+@[^@\s<>\"]+"}  # what a spreadsheet or a mail program likes to change
Id = tuple[str, str, str]


@dataclass(frozen=True)
class Request:
    """One line of a request file: which id is to be forgotten, or shown."""

    request_id: str
    id_type: str = field(repr=False)
    id_value: str = field(repr=False)
    requested_at: datetime | None = None


@dataclass(frozen=True)
class Person:
    """One cluster of source ids, found by any of them."""

    requests: tuple[str, ...]
    ids: frozenset[Id] = field(
        repr=False
    )  # (source_system, id_type, id_value); the system is empty where any may use it
    strings: frozenset[str] = field(repr=False)  # all that identifies this person alone, for byte searches
    keys: frozenset[str] = field(repr=False)  # every pseudonym that this person has or could have had
    touchpoint_ids: frozenset[str] = field(repr=False)
    is_known: bool = True  # false: the id is all that there is


def read_requests(path: Path) -> list[Request]:
    """The requests of a CSV in the shape of `privacy/erasure_requests`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise RequestsUnreadable(f"{path.name}, line 1: no column {missing[0]}; needed: {', '.join(COLUMNS)}.")
            return [_request(path, reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RequestsUnreadable(f"{path.name} is no CSV in UTF-8 ({type(error).__name__}).") from None
    except OSError as error:
        raise RequestsUnreadable(f"{path.name} cannot be read: {error.strerror}.") from None


def _request(path: Path, line: int, row: dict[str, str | None]) -> Request:
    request_id, id_type, id_value = ((row.get(name) or "").strip() for name in COLUMNS)
    if not request_id or not id_value:
        raise RequestsUnreadable(f"{path.name}, line {line}: request_id and id_value must not be empty.")
    id_type = id_type.lower()
    if id_type not in ID_TYPES:
        raise RequestsUnreadable(f"{path.name}, line {line}: id_type must be one of {', '.join(sorted(ID_TYPES))}.")
    if not re.fullmatch(SHAPES.get(id_type, ".+"), id_value):
        raise RequestsUnreadable(f"{path.name}, line {line}: id_value is no {id_type} as it is written alone.")
    try:
        given = (row.get("requested_at") or "").strip()
        at = datetime.fromisoformat(given) if given else None
    except ValueError:
        raise RequestsUnreadable(f"{path.name}, line {line}: requested_at is no date and time.") from None
    return Request(request_id, id_type, id_value, at.astimezone(UTC).replace(tzinfo=None) if at and at.tzinfo else at)


def find(settings: Settings, requests: Iterable[Request]) -> list[Person]:
    """The people behind the requests, one per cluster; a request that matches nobody yields its own id alone.

    Raises PersonAmbiguous, with the requests concerned, if an id belongs to several people.
    """
    registry = load(PROJECT_DIR).overridden(load_overrides(settings.home))
    with known_people(settings, registry) as known:
        tracer = Tracer(known.connection, settings.home, registry)
        asked = list(requests)
        marks = known.marks_of_ids([("", r.id_type, r.id_value) for r in asked])
        by_person: dict[str, list[Request]] = {}
        strangers: dict[str, list[Request]] = {}
        doubtful = []
        for request, mark in zip(asked, marks, strict=True):
            found = known.people(mark) or _by_rows(known, tracer, mark)
            if len(found) > 1 or (found and known.is_guarded(mark)):
                doubtful.append(request.request_id)
            elif found:
                by_person.setdefault(found.pop(), []).append(request)
            else:
                strangers.setdefault(mark, []).append(request)
        if doubtful:
            raise PersonAmbiguous(doubtful)
        owned = {key: known.ids_of(key) for key in by_person}
        owned |= {mark: {("", of[0].id_type, of[0].id_value)} for mark, of in strangers.items()}
        clusters = {key: {key} for key in by_person}  # and those of nobody that only bear the person's address
        traces = {key: _trace(known, tracer, ids, clusters.setdefault(key, set())) for key, ids in owned.items()}
        strings = strings_of(known, tracer, {key: (owned[key], trace) for key, trace in traces.items()})
        return [
            Person(
                requests=tuple(sorted(r.request_id for r in (by_person.get(key) or strangers[key]))),
                ids=frozenset(owned[key]),
                strings=frozenset(strings[key]),
                keys=frozenset(found for cluster in clusters[key] for found in known.keys_of(cluster)),
                touchpoint_ids=frozenset(found for cluster in clusters[key] for found in known.touchpoints_of(cluster)),
                is_known=key in by_person or bool(traces[key].rows),
            )
            for key in owned
        ]


def _by_rows(known: Known, tracer: Tracer, mark: str) -> set[str]:
    """The people whose raw rows bear a mark that the identity tables do not know: an earlier address, say."""
    rows = tracer.seek({mark}, PERSON)
    others = {m for row in rows for m in row.people if m != mark}
    return {person for other in others for person in known.people(other)} if len(others) <= 1000 else set()


def _trace(known: Known, tracer: Tracer, ids: set[Id], clusters: set[str]) -> Trace:
    """The rows about a person; addresses and learners' ids that they show as this person's alone become further ids."""
    while True:
        own = set(known.all_marks(ids))
        known.leave(own)
        trace = tracer.trace(own)
        news = _further(known, tracer, trace, clusters)
        further = {known.id_of(mark) for mark in news - own}
        for cluster in {each for mark in news for each in known.people(mark)} - clusters:
            further |= known.ids_of(cluster)
            clusters.add(cluster)
        if further <= ids:
            return trace
        ids |= further


def _further(known: Known, tracer: Tracer, trace: Trace, clusters: set[str]) -> set[str]:
    """A record of nobody, say a subscriber or a registrant under a name with a slip, is the person's where no other HCP had its
    address."""
    shown = {m for row in trace.rows.values() if row.is_about for m in row.people} - trace.own
    candidates = {m for m in shown if m.startswith((ADDRESS, "lms_user|", "cme_learner|")) and not known.is_guarded(m)}
    candidates = {m for m in candidates if known.are_nobody(known.people(m) - clusters)}
    absorbed = {m for m in candidates if known.people(m) - clusters}
    candidates -= absorbed
    if not candidates:
        return absorbed
    taken: set[str] = set()
    for row in tracer.seek(candidates, PERSON):
        if tracer.survivors({m for m in row.people if not m.startswith(ADDRESS)}):
            taken |= candidates & row.people
    return absorbed | (candidates - taken)
