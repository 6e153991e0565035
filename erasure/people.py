"""Who a request is about: requests read from their file, and the person behind each, with all that names them.

Reads the working database; removes nothing. No message and no `repr` here ever shows an id or another value.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.settings import Settings


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
    ids: frozenset[tuple[str, str, str]] = field(repr=False)  # (source_system, id_type, id_value)
    strings: frozenset[str] = field(repr=False)  # all that identifies this person alone, for byte searches
    keys: frozenset[str] = field(repr=False)  # every pseudonym that this person has or could have had
    touchpoint_ids: frozenset[str] = field(repr=False)


def read_requests(path: Path) -> list[Request]:
    """The requests of a CSV in the shape of `privacy/erasure_requests`."""
    raise NotImplementedError


def find(settings: Settings, requests: Iterable[Request]) -> list[Person]:
    """The people behind the requests, one per cluster; a request that matches nobody yields its own id alone."""
    raise NotImplementedError
