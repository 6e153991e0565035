"""What an operator may have meant: names that resemble registered ones, and settings under which a refused file would be read.

Suggestions only; nothing here decides about a delivery. Column names are shown, cells never.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from deliveries import csv_reader, json_reader
from deliveries.columns import SAFE_NAME
from deliveries.errors import DeliveryRefused
from deliveries.registry import FORMATS, Registry, VendorObject

LIKE_FOLDER, LIKE_COLUMN = 0.6, 0.6
START = 1 << 20  # bytes of a file that are looked at
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "windows-1252")  # the last one reads nearly anything, so it comes last
DATE = re.compile(r"(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-3]\d)")


@dataclass
class Header:
    """What a file's own column names say beside an object's declaration, and the settings under which they were read."""

    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # required columns that it lacks
    is_stranger: bool = False  # so few of them are there that it is another object's, or none
    resembling: dict[str, str] = field(default_factory=dict)  # ours -> theirs
    settings: dict[str, Any] = field(default_factory=dict)  # delimiter, encoding


def header_of(path: Path, o: VendorObject) -> Header | None:
    """The header of a file under the settings that make most sense of it; None if there is none to read."""
    best: Header | None = None
    for encoding in dict.fromkeys((o.encoding.lower(), *ENCODINGS)):
        for delimiter in dict.fromkeys((o.delimiter, *DELIMITERS)):
            try:
                names = _names(path, o, encoding, delimiter)
            except (DeliveryRefused, UnicodeError, OSError, EOFError, zlib.error):
                continue
            found = against(names, o)
            if encoding != o.encoding.lower():
                found.settings["encoding"] = encoding
            if delimiter != o.delimiter:
                found.settings["delimiter"] = delimiter
            if best is None or len(found.missing) < len(best.missing):
                best = found
        if best and not best.missing:
            break
    return best


def against(names: Sequence[str], o: VendorObject) -> Header:
    """Column names beside the declaration: what is missing, and which unknown name may stand for it."""
    given = {name.strip().lower() for name in names}
    known = {n.lower() for column in o.columns for n in (column.name, *column.aliases)}
    required = [c for c in o.columns if c.required and c.name not in o.nullable_key]
    missing = [c.name for c in required if not given & {n.lower() for n in (c.name, *c.aliases)}]
    unknown = [n.strip() for n in names if n.strip().lower() not in known and SAFE_NAME.fullmatch(n.strip())]
    alike = resembling(missing, unknown)
    is_stranger = (len(missing) - len(alike)) * 2 > len(required)
    return Header(tuple(unknown), tuple(missing), is_stranger, {} if is_stranger else alike)


def resembling(ours: Iterable[str], theirs: Iterable[str], at_least: float = LIKE_COLUMN) -> dict[str, str]:
    """Pairs of names that are alike, the most alike first, each name once."""
    left, right = list(ours), list(theirs)
    pairs = sorted(((likeness(a, b), a, b) for a in left for b in right), key=lambda pair: (-pair[0], *pair[1:]))
    found: dict[str, str] = {}
    for score, a, b in pairs:
        if score >= at_least and a not in found and b not in found.values():
            found[a] = b
    return found


def likeness(a: str, b: str) -> float:
    """How much two names resemble each other, 0..1, without case, signs, plural and the vendors' suffixes."""
    one, other = _bare(a), _bare(b)
    if one == other:
        return 1.0
    if min(len(one), len(other)) >= 4 and (one in other or other in one):
        return 0.8 + 0.2 * min(len(one), len(other)) / max(len(one), len(other))
    return SequenceMatcher(None, one, other).ratio()


def folder(system: str, name: str, registry: Registry) -> str | None:
    """The registered `system/object` that an unknown folder most resembles."""
    inner = name.rpartition("/")[2] or system
    parts = [part for part in (system, *name.split("/")) if part]

    def score(o: VendorObject) -> float:
        by_object = max((likeness(part, o.name) for part in parts), default=0.0)
        is_spelled_so = o.name.lower() in (
            part.lower() for part in parts
        )  # two vendors' spellings of one object are alike
        return by_object + 0.2 * is_spelled_so + 0.1 * likeness(system, o.system) + 0.01 * likeness(inner, o.name)

    best = max(registry.objects, key=score, default=None)
    if best is None or max((likeness(part, best.name) for part in parts), default=0.0) < LIKE_FOLDER:
        return None
    return f"{best.system}/{best.name}"


def file_name(path: Path, o: VendorObject | None) -> str:
    """A name that would be read: the date found in the old one, or a pattern to fill in."""
    found = DATE.search(path.name)
    instant = f"{''.join(found.groups())}T000000Z" if found else "<YYYYMMDDTHHMMSSZ>"
    words = "".join(f"_{word}" for word in ("full", "deletes") if word in path.name.lower())
    gzipped = ".gz" if path.name.lower().endswith(".gz") else ""
    ending = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if o and ending not in FORMATS[o.format]:
        ending = FORMATS[o.format][0]
    return f"{instant}{words}.{ending}{gzipped}"


def _names(path: Path, o: VendorObject, encoding: str, delimiter: str) -> Sequence[str]:
    with gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as file:
        content = file.read() if o.format == "json" else file.read(START)
    text = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)().decode(content)
    if o.format == "csv":
        return csv_reader.column_names(text, delimiter)
    return json_reader.column_names(text.partition("\n")[0] if o.format == "jsonl" else text, o)


def _bare(name: str) -> str:
    bare = re.sub(r"(_vod)?(__c|__v|_vod)$", "", name.strip().lower())
    return re.sub(r"[^a-z0-9]", "", bare).rstrip("s")
