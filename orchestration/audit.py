"""The audit log: an append-only file in which each line bears the hash of the line before it.

Here belongs how lines are written and how a log is judged; who records what is said where it happens. A line holds counts,
ids of rules and releases, and dates, never a value of a person. What a crash leaves of a line stays in the file, and the next
line names it. The hash of the last line stands in `audit.head` and in each release's manifest too, so that a log that was
cut short is found as well. Whoever may write into the home can write all of these anew: `rapport verify` prints the last
hash, to be kept elsewhere.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.durable import write_private
from orchestration.settings import Settings

KINDS = ("run", "gate", "release", "rollback", "verify", "erasure", "export", "rotation", "retention")
MENDED, BROKEN = "mended", "broken"  # lines about the log itself
FIRST = "0" * 64  # what the first line bears as the hash of the one before it
PLAIN = re.compile(
    r"(?!\d{8,}$)[\w.:+/-]{1,80}", re.ASCII
)  # an id, a date, a word: no blank, no address, no bare number

Fact = str | int | float | None | list[Any]


@dataclass(frozen=True)
class Head:
    """How far a log had come: its lines and the hash of the last one."""

    count: int = 0
    hash: str = FIRST


@dataclass
class Chain:
    """A log as read: its lines in order, and what is wrong with it."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    rest: bytes = b""  # after the last whole line: what a crash left of one

    @property
    def head(self) -> Head:
        """How far the log has come."""
        return Head(len(self.lines), self.lines[-1]["hash"]) if self.lines else Head()

    def holds(self, head: Head) -> bool:
        """Whether the log once ended in that line."""
        return not head.count or (head.count <= len(self.lines) and self.lines[head.count - 1]["hash"] == head.hash)


def record(settings: Settings, kind: str, **facts: Fact) -> None:
    """Append one line. Facts are counts, dates, and ids of rules, releases and the like."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of the audit log")
    for name, fact in facts.items():
        if any(
            isinstance(each, str) and not PLAIN.fullmatch(each) for each in (fact if isinstance(fact, list) else [fact])
        ):
            raise ValueError(f"the fact {name} could be a value of a person: the audit log takes counts, ids and dates")
    path = log_of(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        chain, new = read(path), b""
        head, known = chain.head, _head(path)
        if chain.rest:
            what = {"bytes": len(chain.rest), "sha256": hashlib.sha256(chain.rest).hexdigest()}
            head, new = _next(head, MENDED, what)
            new = b"\n" + new
        elif path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            new = b"\n"  # only the line's end was lost
        if _is_cut(chain, known):
            known = known or Head()
            what = {"lines_known": known.count, "lines_found": len(chain.lines), "hash_known": known.hash}
            head, line = _next(head, BROKEN, what)
            new += line
        head, line = _next(head, kind, facts)
        _write(descriptor, new + line)
        _set_head(path, head)
    finally:
        os.close(descriptor)


def log_of(settings: Settings) -> Path:
    """Where the log of a home lies."""
    return settings.state / "audit.jsonl"


def read(path: Path) -> Chain:
    """Read a log and follow its hashes."""
    chain, at, pending = Chain(), 0, b""
    pieces = path.read_bytes().split(b"\n") if path.exists() else []
    for number, piece in enumerate(pieces, start=1):
        is_last = number == len(pieces)
        if is_last and not piece:
            break
        line = _parsed(piece)
        if line is None:
            pending += piece + (b"" if is_last else b"\n")
            continue
        if pending:
            cut, pending = pending.removesuffix(b"\n"), b""
            if line["kind"] != MENDED or line["facts"].get("sha256") != hashlib.sha256(cut).hexdigest():
                chain.faults.append(f"line {number - 1} is not as it was written")
        elif line["previous"] != chain.head.hash:
            chain.faults.append(f"line {number} does not follow the line before it: one was changed, removed or moved")
        if line["kind"] == BROKEN:
            known, found = line["facts"].get("lines_known"), line["facts"].get("lines_found")
            chain.faults.append(
                f"line {number} of {line['at'][:10]} says that {known} lines were known and {found} found"
            )
        chain.lines.append(line)
        at = number
    if pending and len(pieces) - at > 1 and pieces[-1] == b"":  # a whole line that is none, not what a crash leaves
        chain.faults.append(f"line {len(pieces) - 1} is not as it was written")
    chain.rest = pending
    return chain


def _parsed(piece: bytes) -> dict[str, Any] | None:
    """A line that bears its own hash, else none."""
    try:
        line = json.loads(piece)
        claimed = line["hash"]
    except (ValueError, KeyError, TypeError):
        return None
    is_whole = line.keys() == {"at", "kind", "facts", "previous", "hash"} and claimed == _hash(line)
    return dict(line) if is_whole else None


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _hash(line: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical({name: line[name] for name in ("at", "kind", "facts", "previous")})).hexdigest()


def _next(head: Head, kind: str, facts: dict[str, Any]) -> tuple[Head, bytes]:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    line = {"at": at, "kind": kind, "facts": facts, "previous": head.hash}
    line["hash"] = _hash(line)
    return Head(head.count + 1, str(line["hash"])), _canonical(line) + b"\n"


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def _head_file(log: Path) -> Path:
    return log.with_suffix(".head")


def _head(log: Path) -> Head | None:
    """What the file beside the log knows; none without a file that can be read."""
    try:
        return Head(**json.loads(_head_file(log).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _is_cut(chain: Chain, known: Head | None) -> bool:
    """Whether lines are gone. Killed at its first line, a log has no head yet."""
    return not chain.holds(known) if known else len(chain.lines) > 1


def _set_head(log: Path, head: Head) -> None:
    write_private(_head_file(log), f"{json.dumps({'count': head.count, 'hash': head.hash})}\n")


def head_of(settings: Settings) -> dict[str, Any]:
    """How far the log has come, as each release's manifest keeps it."""
    head = read(log_of(settings)).head
    return {"count": head.count, "hash": head.hash}


@dataclass(frozen=True)
class Judgement:
    """Whether a log is whole, in one sentence."""

    is_whole: bool
    words: str


def judge(settings: Settings, kept: Iterable[tuple[str, dict[str, Any]]] = ()) -> Judgement:
    """Follow the chain, and hold it against the heads that were kept elsewhere: (where, {count, hash})."""
    path = log_of(settings)
    chain = read(path)
    faults, known = list(chain.faults), _head(path)
    if not known and _is_cut(chain, known):
        faults.append(f"{_head_file(path).name} is missing or cannot be read")
    heads = [(where, Head(head["count"], head["hash"])) for where, head in kept]
    for where, head in [(_head_file(path).name, known or Head()), *heads]:
        if not chain.holds(head):
            found = f"has {len(chain.lines)}" if len(chain.lines) < head.count else "has another there"
            faults.append(f"{where} knows a line {head.count} and the log {found}: lines were removed or changed")
    if faults:
        return Judgement(False, f"The audit log {path} is not whole: {'; '.join(dict.fromkeys(faults))}.")
    if not chain.lines and not chain.rest:
        return Judgement(True, "There is no audit log yet: the first run begins it.")
    cut = (
        f" A crash cut the last line, {len(chain.rest)} bytes of it are left; the next line will say so."
        if chain.rest
        else ""
    )
    mended = sum(line["kind"] == MENDED for line in chain.lines)
    cut += f" {mended} earlier cut by a crash, each named by the line after it." if mended else ""
    return Judgement(True, f"The audit log is whole: {len(chain.lines):,} lines, the last one {chain.head.hash}.{cut}")
