"""Files and folders that survive a loss of power, open to their owner alone. Knows nothing of what is in them."""

import os
from pathlib import Path


def put(finished: Path, target: Path) -> None:
    """Move a finished file to its place in one step that survives a power cut."""
    make_private(target.parent)
    sync(finished)
    finished.replace(target)
    sync(target.parent)


def write_private(target: Path, content: str) -> None:
    """Write a file that its owner alone can read, whole or not at all."""
    finished = target.with_name(f"{target.name}.new")
    make_private(target.parent)
    with os.fdopen(os.open(finished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    put(finished, target)


def sync(path: Path) -> None:
    """Make a file's content, or a folder's list of names, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> None:
    """Make a folder and those above it, each closed to everyone but the owner."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
