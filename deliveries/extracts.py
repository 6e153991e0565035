"""Whether a full extract can be believed: one that would delete more than half of an object is refused (ruling 4).

The verdict follows from the known deliveries in the order of their instants, never from when they arrived.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path

from deliveries.ledger import APPLIED, REFUSED_SUSPICIOUS_FULL, Entry
from deliveries.registry import VendorObject
from deliveries.storage import Workshop, identifier, literal

PathOf = Callable[[Entry], Path]
REASON = "the full extract would delete {gone} of {known} keys, more than half"


def judge(
    workshop: Workshop, o: VendorObject, entries: Iterable[Entry], path_of: PathOf, *, weigh: bool = True
) -> None:
    """Set status and reason of each full extract among an object's parsed deliveries. Unchanged evidence is not weighed again;
    with `weigh` false, nothing is: after an erasure the verdicts stay, whatever is left to weigh."""
    base: list[Entry] = []  # from the last believed extract on: the object's keys follow from these
    evidence = ""
    for _, group in groupby(sorted(entries, key=_order), key=_instant):
        arrived = list(group)
        fulls = [entry for entry in arrived if entry.is_full]
        others = [entry for entry in arrived if not entry.is_full]
        facts = [(e.delivery, e.sha256, e.fingerprint, e.is_full, e.is_deletes) for e in arrived]
        evidence = hashlib.sha256(repr((evidence, facts)).encode()).hexdigest()
        if fulls and any(entry.judged_on != evidence for entry in fulls):
            reason = _doubt(workshop, o, base, arrived, path_of) if weigh else None
            for entry in fulls:
                entry.judged_on = evidence
                if weigh:
                    entry.status = REFUSED_SUSPICIOUS_FULL if reason else APPLIED
                    entry.status_reason = reason
        is_believed = bool(fulls) and fulls[0].status == APPLIED
        evidence += str(is_believed)
        base = arrived if is_believed else base + others


def _order(entry: Entry) -> tuple[datetime, bool, str]:
    return _instant(entry), entry.is_deletes, entry.delivery


def _instant(entry: Entry) -> datetime:
    return entry.delivered_at or datetime.min


def _doubt(workshop: Workshop, o: VendorObject, base: list[Entry], arrived: list[Entry], path_of: PathOf) -> str | None:
    if not base:
        return None
    known = _keys(o, base, path_of, "arg_max(is_deletion, place) = false")
    present = _keys(o, [entry for entry in arrived if not entry.is_deletes], path_of, "true")
    keys, gone = workshop.connection.execute(
        f"select count(*), count(*) filter (where key not in (select key from ({present}))) from ({known})"
    ).fetchone() or (0, 0)
    return REASON.format(gone=gone, known=keys) if gone * 2 > keys else None


def _keys(o: VendorObject, entries: list[Entry], path_of: PathOf, condition: str) -> str:
    """The keys of some deliveries, in their order, for which the condition holds."""
    parts = [f"coalesce({identifier(name)}, '')" for name in o.key]
    is_whole = [f"{identifier(name)} is not null" for name in o.key if name not in o.nullable_key]
    deletion = (
        " or ".join(f"coalesce({identifier(name)} = {literal(v)}, false)" for name, v in o.delete_when.items())
        or "false"
    )
    selects = [
        f"select concat_ws(chr(31), {', '.join(parts)}) as key, {'true' if entry.is_deletes else deletion} as is_deletion,"
        f" {place} * cast(1e12 as bigint) + _row as place from read_parquet({literal(path_of(entry))})"
        f" where {' and '.join(is_whole)}"
        for place, entry in enumerate(entries)
    ]
    return f"select key from ({' union all '.join(selects)}) group by key having {condition}"
