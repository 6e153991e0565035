"""Bytes to clean text: unpacks, checks every byte of the declared encoding, and notes what the readers need to know."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from deliveries.errors import DeliveryRefused, EncodingUnknown, Truncated

CHUNK = 1 << 20


@dataclass
class CleanText:
    """A file that is UTF-8 from its first byte to its last, with or without byte order mark."""

    path: Path
    size: int = 0
    quotes: int = 0
    ends_with_newline: bool = False


def sha256(path: Path) -> str:
    """The identity of a delivery's bytes (ruling 1)."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DeliveryRefused(f"the file cannot be read: {error.strerror}") from None


def clean(path: Path, *, is_gzipped: bool, encoding: str, scratch: Path) -> CleanText:
    """Check the whole file; copy it only if it is packed or not UTF-8."""
    is_utf8 = encoding.lower() == "utf-8"
    if is_utf8 and not is_gzipped:
        text = CleanText(path)
        for chunk in _checked(_chunks(path, is_gzipped=False), encoding, ""):
            _note(text, chunk)
    else:
        text = CleanText(scratch / "text")
        where = " of the unpacked content" if is_gzipped else ""
        with text.path.open("wb") as file:
            for chunk in _checked(_chunks(path, is_gzipped=is_gzipped), encoding, where):
                _note(text, chunk)
                file.write(chunk)
    if text.size == 0:
        raise DeliveryRefused("the file is empty (0 bytes)")
    return text


def _note(text: CleanText, chunk: bytes) -> None:
    text.size += len(chunk)
    text.quotes += chunk.count(b'"')
    text.ends_with_newline = chunk.endswith((b"\n", b"\r"))


def _checked(chunks: Iterator[bytes], encoding: str, where: str) -> Iterator[bytes]:
    """The chunks as UTF-8; the offset of the first byte that the declared encoding does not know, if there is one."""
    is_utf8 = encoding.lower() == "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    for chunk in _with_end(chunks):
        waiting = len(decoder.getstate()[0])
        try:
            decoded = decoder.decode(chunk or b"", final=chunk is None)
        except UnicodeDecodeError as error:
            raise EncodingUnknown(f"not {encoding} at byte {offset - waiting + error.start}{where}") from None
        if chunk:
            offset += len(chunk)
        piece = chunk if is_utf8 else decoded.encode()
        if piece:
            yield piece


def _with_end(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    yield from chunks
    yield None


def _chunks(path: Path, *, is_gzipped: bool) -> Iterator[bytes]:
    read = 0
    try:
        with cast(BinaryIO, gzip.open(path, "rb") if is_gzipped else path.open("rb")) as file:
            while chunk := file.read(CHUNK):
                read += len(chunk)
                yield chunk
    except EOFError:
        raise Truncated(f"the gzip stream ends early, after {read} unpacked bytes") from None
    except (gzip.BadGzipFile, zlib.error):
        raise DeliveryRefused(f"not a sound gzip file after {read} unpacked bytes") from None
