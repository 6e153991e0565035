"""Files of landing, written anew without what is to go: unpacked, in UTF-8, cut, checked by parsing, and as they were packed."""

import codecs
import gzip
import mmap
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
from erasure.scan import CHUNK, Needles, bytes_of

MARKS = {"utf-16": ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))}  # byte order marks, which stay


class CannotBeCut(Exception):
    """What is left of a delivery could not be told apart: it must go whole."""


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

    def rewritten(self, o: VendorObject, arrival: Arrival, cuts: Cuts) -> Path | None:
        """A file without what is to go; None if nothing goes. Raises CannotBeCut if what is left could not be told."""
        name = read_name(arrival.delivery)
        if not (cuts.records or cuts.cells or self.holds_string(arrival.path)):
            return None
        encoding = _encoding(o, arrival)
        plain, left, packed = (self.place.scratch / part for part in ("plain", "left", "packed"))
        try:
            _recoded(arrival.path, plain, encoding, "utf-8", is_packed=name.is_gzipped)
            if encoding != "utf-8" or name.is_gzipped:
                _recoded(plain, packed, "utf-8", encoding, packs=name.is_gzipped)
                if not _are_equal(packed, arrival.path, is_gzipped=name.is_gzipped):
                    raise CannotBeCut
            text, parsed = self.parsed(o, arrival)
            before = pq.read_metadata(parsed.rows).num_rows + parsed.malformed
            with (
                left.open("wb") as out,
                plain.open("rb") as file,
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
            ):
                out.writelines(without(content, text, o, parsed.names, cuts=cuts, needles=self.needles))
            _recoded(left, packed, "utf-8", encoding, packs=name.is_gzipped)
            if self.holds_string(packed):
                raise CannotBeCut
            _, again = self._read(o, packed, is_gzipped=name.is_gzipped, is_deletes=name.is_deletes)
        except (UnicodeError, DeliveryRefused):
            raise CannotBeCut from None
        after = pq.read_metadata(again.rows).num_rows + again.malformed
        if after != before - len(cuts.records):
            raise CannotBeCut
        return packed

    def holds_string(self, path: Path) -> bool:
        """Whether a file holds one of the strings, packed or not."""
        return any(self.needles.found_in(piece) for piece in bytes_of(path, self.needles.longest))

    def _read(self, o: VendorObject, path: Path, *, is_gzipped: bool, is_deletes: bool) -> tuple[CleanText, Parsed]:
        text = clean(path, is_gzipped=is_gzipped, encoding=o.encoding, scratch=self.place.scratch)
        with value_free():
            return text, READERS[o.format](text, o, self.place, is_deletes=is_deletes)


def _recoded(
    source: Path, target: Path, before: str, after: str, *, is_packed: bool = False, packs: bool = False
) -> None:
    """Write a file in another encoding, packed or not; every byte of it must be text of the first."""
    decoder, encoder = codecs.getincrementaldecoder(before)(), codecs.getincrementalencoder(after)()
    with gzip.open(source) if is_packed else source.open("rb") as file, target.open("wb") as plain:
        out = gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if packs else plain
        while chunk := file.read(CHUNK):
            out.write(chunk if before == after else encoder.encode(decoder.decode(chunk)))
        out.write(encoder.encode(decoder.decode(b"", final=True), final=True))
        if packs:
            out.close()


def _are_equal(one: Path, other: Path, *, is_gzipped: bool) -> bool:
    with (
        gzip.open(one) if is_gzipped else one.open("rb") as left,
        gzip.open(other) if is_gzipped else other.open("rb") as right,
    ):
        while chunk := left.read(CHUNK):
            if chunk != right.read(len(chunk)):
                return False
        return not right.read(1)


def _encoding(o: VendorObject, arrival: Arrival) -> str:
    """The declared encoding; of two byte orders the one whose mark begins the file, which then stays as a character."""
    named = o.encoding.lower()
    with gzip.open(arrival.path) if read_name(arrival.delivery).is_gzipped else arrival.path.open("rb") as file:
        begin = file.read(2)
    return next((code for mark, code in MARKS.get(named, ()) if begin == mark), named)
