"""Files of landing, written anew without what is to go: unpacked, in UTF-8, cut, checked by parsing, and as they were packed."""

import gzip
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from deliveries.columns import Parsed
from deliveries.encodings import CleanText, clean
from deliveries.errors import DeliveryRefused, NotParsable
from deliveries.landing import Arrival, read_name
from deliveries.reception import READERS
from deliveries.registry import FORMATS, VendorObject
from deliveries.storage import Workshop, value_free
from erasure.records import Cuts, without
from erasure.scan import Needles

MARKS = {"utf-16": ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))}  # byte order marks, which stay


class Rewriter:
    """Reads and cuts deliveries; writes none to its place."""

    def __init__(self, place: Workshop, needles: Needles) -> None:
        self.place, self.needles = place, needles

    def instant(self, arrival: Arrival) -> datetime:
        """The instant in the file's name."""
        return read_name(arrival.delivery).instant

    def parsed(self, o: VendorObject, arrival: Arrival) -> tuple[CleanText, Parsed]:
        """The delivery as a reader lays it out; raises DeliveryRefused as a reception would."""
        name = read_name(arrival.delivery)
        if name.ending not in FORMATS[o.format]:
            raise NotParsable("another format than the registry says")
        return self._read(o, arrival.path, is_gzipped=name.is_gzipped, is_deletes=name.is_deletes)

    def rewritten(self, o: VendorObject, arrival: Arrival, cuts: Cuts) -> bytes | None:
        """The bytes without what is to go; None if nothing goes. Empty if they cannot be cut: then the file must go whole."""
        name = read_name(arrival.delivery)
        content = _unpacked(arrival.path)
        found = self.needles.found_in(content)
        if not (cuts.records or cuts.cells or found):
            return None
        text, parsed = self.parsed(o, arrival)
        before = pq.read_metadata(parsed.rows).num_rows + parsed.malformed
        encoding = _encoding(o, content)
        try:
            utf8 = content.decode(encoding).encode()
            left = without(utf8, text, o, parsed.names, cuts=cuts, needles=self.needles)
            written = left.decode().encode(encoding)
        except UnicodeError:
            return b""
        if written == content:
            return None
        packed = gzip.compress(written, mtime=0) if name.is_gzipped else written
        trial = self.place.scratch / "trial"
        trial.write_bytes(packed)
        try:
            _, again = self._read(o, trial, is_gzipped=name.is_gzipped, is_deletes=name.is_deletes)
        except DeliveryRefused:
            return b""
        after = pq.read_metadata(again.rows).num_rows + again.malformed
        return packed if after == before - len(cuts.records) and not self.needles.found_in(written) else b""

    def holds_string(self, path: Path) -> bool:
        """Whether a file holds one of the strings, packed or not."""
        return bool(self.needles.found_in(_unpacked(path)) or self.needles.found_in(path.read_bytes()))

    def _read(self, o: VendorObject, path: Path, *, is_gzipped: bool, is_deletes: bool) -> tuple[CleanText, Parsed]:
        text = clean(path, is_gzipped=is_gzipped, encoding=o.encoding, scratch=self.place.scratch)
        with value_free():
            return text, READERS[o.format](text, o, self.place, is_deletes=is_deletes)


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError):
        return content


def _encoding(o: VendorObject, content: bytes) -> str:
    named = o.encoding.lower()
    return next((code for mark, code in MARKS.get(named, ()) if content.startswith(mark)), named)
