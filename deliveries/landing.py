"""The landing folder as a list of deliveries: where a file lies and what its name says. Opens no file."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deliveries.errors import NameUnreadable

NAME = re.compile(
    r"(?P<instant>\d{8}T\d{6}Z)(?P<words>(?:_[^.]*)?)\.(?P<ending>[A-Za-z0-9]+)(?P<gzip>\.gz)?", re.IGNORECASE
)


@dataclass(frozen=True, order=True)
class Arrival:
    """A file in `<landing>/<system>/<object>/`. Deeper or shallower files have the folders that they lie in."""

    system: str
    object: str
    delivery: str
    path: Path


@dataclass(frozen=True)
class DeliveryName:
    """What a delivery's file name says. `instant` is the extract's, UTC without zone."""

    instant: datetime
    is_full: bool
    is_deletes: bool
    ending: str
    is_gzipped: bool


def arrivals(landing: Path) -> list[Arrival]:
    """All files that are complete by their name, sorted by system, object and name."""
    found = []
    for path in _files(landing):
        system, *folders = path.relative_to(landing).parent.parts or ("",)
        found.append(Arrival(system, "/".join(folders), path.name, path))
    return sorted(found)


def read_name(name: str) -> DeliveryName:
    """Take `<instant>[_<word>...].<ext>[.gz]` apart; the words stand in any order (ruling 4)."""
    match = NAME.fullmatch(name)
    if match is None:
        raise NameUnreadable("the file name must be <YYYYMMDDTHHMMSSZ>[_<word>...].<ext>[.gz]")
    try:
        instant = datetime.strptime(match["instant"].upper(), "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise NameUnreadable("the file name's instant is no date and time of the calendar") from None
    words = set(match["words"].lower().split("_"))
    if {"full", "deletes"} <= words:
        raise NameUnreadable("the file name says both _full and _deletes")
    return DeliveryName(instant, "full" in words, "deletes" in words, match["ending"].lower(), bool(match["gzip"]))


def _files(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith((".", "_")):
            continue  # still being written, or not a delivery
        if entry.is_dir():
            yield from _files(Path(entry.path))
        elif not entry.name.lower().endswith((".tmp", ".part")):
            yield Path(entry.path)
