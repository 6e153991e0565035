"""The secret of the pseudonyms: making it, checking it, and lending it to a database connection.

The key stays in its file and in the memory of a connection. SQL sees only two session variables, so nothing that dbt
compiles, logs or documents can hold it. What a pseudonym is made of is said in `macros/engine/keyed_hash.sql`.
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Any

from orchestration.durable import sync

BLOCK_BYTES = 64  # of SHA-256, as HMAC pads its key
MINIMUM_KEY_BYTES = 32
# As `keyed_hash()` compiles; for the one place outside dbt that makes pseudonyms, a rotation.
KEYED_HASH = "left(sha256(getvariable('pseudonym_outer') || unhex(sha256(getvariable('pseudonym_inner') || encode({text})))), 32)"


class KeyUnusable(Exception):
    """The pseudonym key is missing, too short, or readable by others."""


def make_key(path: Path) -> None:
    """Write a new random key, readable by its owner alone. An existing file is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(MINIMUM_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


def destroy_key(path: Path) -> None:
    """Overwrite a key and remove its file. What a backup or the disk's own bookkeeping still holds is out of reach."""
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync(path.parent)


def read_key(path: Path) -> bytes:
    """The pseudonyms' secret; raises KeyUnusable with the way out."""
    return read_secret(path, "pseudonym key", "`rapport init` makes one, or restore it from your backup")


def read_secret(path: Path, name: str, way_out: str) -> bytes:
    """A secret's bytes; raises KeyUnusable if it is missing, too short, or open to others."""
    if not path.is_file():
        raise KeyUnusable(f"There is no {name} at {path}: {way_out}.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnusable(f"The {name} {path} can be read by others: `chmod 600` it.")
    key = path.read_text().strip().encode()
    if len(key) < MINIMUM_KEY_BYTES:
        raise KeyUnusable(f"The {name} {path} is shorter than {MINIMUM_KEY_BYTES} bytes: restore it from your backup.")
    return key


def lend_key(connection: Any, key: bytes, name: str = "pseudonym") -> None:
    """Set the two padded keys of HMAC as session variables of a DuckDB connection, under a name."""
    padded = key.ljust(BLOCK_BYTES, b"\0")
    for side, mask in (("inner", 0x36), ("outer", 0x5C)):
        connection.execute(
            f"set variable {name}_{side} = (select $padded::blob)", {"padded": bytes(b ^ mask for b in padded)}
        )
