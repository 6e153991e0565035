"""One writer per home. The operating system frees the lock when its holder dies, so a killed run blocks nobody.

Whoever takes the lock first ends what a killed rotation of the key left half done: no writer may meet two keys.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_lent: set[Path] = set()


class LockHeld(Exception):
    """Another run is writing into this home; the message says which process, since when, and what to do."""


@contextmanager
def writer_lock(home: Path) -> Iterator[str | None]:
    """Hold `state/run.lock` for the length of the block; raises LockHeld when another process holds it.

    Gives the sentence about a rotation that was ended on the way, if there was one.
    """
    from orchestration.rotation import settle

    if home in _lent:
        yield None
        return
    path = home / "state" / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise LockHeld(f"{holder} is writing into {home}. Wait until it ends, or stop it, and run again.") from None
        file.truncate(0)
        file.write(f"Process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC,")
        file.flush()
        yield settle(home)


@contextmanager
def lent_lock(home: Path) -> Iterator[None]:
    """For a command that holds the lock and runs the whole job as one of its steps: within the block the job may write."""
    _lent.add(home)
    try:
        yield
    finally:
        _lent.discard(home)
