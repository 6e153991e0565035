"""What is known of an erasure that has begun: kept until its receipt is written, so that a killed one is finished.

While people are being removed their ids and strings stand here too, because landing and raw no longer tell them whole. As
soon as a search finds them nowhere, only pseudonyms are left, which lead nowhere: what the last search needs.
"""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from erasure.people import Person
from orchestration.durable import write_private
from orchestration.pseudonyms import read_key
from orchestration.settings import Settings

INSTANT = "%Y-%m-%dT%H:%M:%SZ"
TICKET = re.compile(r"[A-Z]{1,4}[-_/]?\d{1,4}([-_/]\d{1,4}){0,2}")  # a number of somebody's list, no address, no name


@dataclass
class Pending:
    """An erasure under way."""

    began_at: str
    people: list[Person] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)  # removed so far, per place
    is_removed: bool = False  # the people are out of all data: only a release and the receipt are missing
    open_cases: list[str] = field(default_factory=list)  # safety cases that waited when it began, whoever told them

    @property
    def pseudonyms(self) -> frozenset[str]:
        """By what releases and the working database know these people."""
        return frozenset().union(*(person.keys | person.touchpoint_ids for person in self.people))

    @property
    def strings(self) -> frozenset[str]:
        """By what the files of others know these people; none once they are gone from there."""
        return frozenset().union(*(person.strings for person in self.people))

    @property
    def requests(self) -> tuple[str, ...]:
        """The requests that led to them."""
        return tuple(sorted({request for person in self.people for request in person.requests}))

    @property
    def ids(self) -> frozenset[tuple[str, str, str]]:
        """Their ids, as (source system, kind, value)."""
        return frozenset().union(*(person.ids for person in self.people))

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The erasure that has begun in a home and is not complete."""
        path = path_of(settings)
        if not path.exists():
            return None
        held = json.loads(path.read_text())
        people = [_person(each) for each in held["people"]]
        return cls(held["began_at"], people, Counter(held["rows"]), held["is_removed"], held["open_cases"])

    @classmethod
    def new(cls) -> Self:
        """An erasure that begins now."""
        return cls(datetime.now(UTC).strftime(INSTANT))

    def save(self, settings: Settings) -> None:
        """Write it, whole or not at all."""
        people = [{name: _plain(value) for name, value in asdict(person).items()} for person in self.people]
        held: dict[str, Any] = {"began_at": self.began_at, "people": people, "rows": dict(self.rows)}
        held |= {"is_removed": self.is_removed, "open_cases": self.open_cases}
        write_private(path_of(settings), json.dumps(held))

    def end_removal(self) -> None:
        """Keep pseudonyms only: nothing is found of the people any more."""
        self.is_removed = True
        nothing: frozenset[str] = frozenset()
        self.people = [replace(person, ids=frozenset(), strings=nothing) for person in self.people]


def folder_of(settings: Settings) -> Path:
    """Where a home keeps what it must know of erasures."""
    return settings.state / "privacy"


def path_of(settings: Settings) -> Path:
    """Where the erasure stands that is not complete."""
    return folder_of(settings) / "pending.json"


def named(settings: Settings, people: Iterable[Person]) -> list[Person]:
    """The people under names of requests that tell nothing."""
    people = list(people)
    told = {value for person in people for value in (*person.strings, *(id_value for _, _, id_value in person.ids))}
    return [replace(person, requests=names_of(settings, person.requests, told)) for person in people]


def names_of(settings: Settings, requests: Sequence[str], told: Collection[str]) -> tuple[str, ...]:
    """Names of requests that tell nothing: a ticket's number stays, anything else becomes its keyed hash."""
    key = read_key(settings.key_file)
    hashed = (hmac.new(key, f"erasure request|{each}".encode(), hashlib.sha256).hexdigest()[:32] for each in requests)
    return tuple(
        each if TICKET.fullmatch(each) and each not in told else name
        for each, name in zip(requests, hashed, strict=True)
    )


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _person(held: dict[str, Any]) -> Person:
    return Person(
        requests=tuple(held["requests"]),
        ids=frozenset(tuple(each) for each in held["ids"]),
        strings=frozenset(held["strings"]),
        keys=frozenset(held["keys"]),
        touchpoint_ids=frozenset(held["touchpoint_ids"]),
        is_known=held["is_known"],
    )
