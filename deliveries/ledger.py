"""The ledger: one row per delivery seen, and one more for other bytes under an applied name. dbt reads it as a source."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.durable import put

APPLIED = "applied"
REFUSED = "refused"
REFUSED_CHANGED = "refused_changed"
REFUSED_SUSPICIOUS_FULL = "refused_suspicious_full"
IGNORED = "ignored"

PARSED = (APPLIED, REFUSED_SUSPICIOUS_FULL)  # rows of these lie in raw

SCHEMA = pa.schema(
    [
        ("system", pa.string()),
        ("object", pa.string()),
        ("delivery", pa.string()),
        ("delivered_at", pa.timestamp("us")),
        ("is_full", pa.bool_()),
        ("is_deletes", pa.bool_()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("rows_read", pa.int64()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("unknown_columns", pa.string()),
        ("columns", pa.string()),
        ("fingerprint", pa.string()),
        ("judged_on", pa.string()),
    ]
)


@dataclass
class Entry:
    """One row of the ledger. `status_reason` never holds a cell's value; times are UTC without zone."""

    system: str
    object: str
    delivery: str
    sha256: str | None
    bytes: int
    status: str
    status_reason: str | None = None
    delivered_at: datetime | None = None
    is_full: bool = False
    is_deletes: bool = False
    rows_read: int = 0
    unknown_columns: str | None = None
    columns: str | None = None  # the raw names of the columns that the file has, joined by ;
    fingerprint: str | None = None  # settings under which it was parsed; others mean: parse again
    judged_on: str | None = None  # full extracts: all that their verdict depends on


class Ledger:
    """All entries, by place and name. The extra row of a changed delivery stands apart from the delivery's own."""

    def __init__(self, home: Path) -> None:
        self.path = home / "raw" / "rapport" / "deliveries" / "deliveries.parquet"
        rows = pq.read_table(self.path).to_pylist() if self.path.exists() else []
        self._entries = {self._key(entry): entry for entry in (Entry(**row) for row in rows)}

    def get(self, system: str, name: str, delivery: str) -> Entry | None:
        """What is known of a delivery; the row of a later arrival of other bytes is not meant."""
        return self._entries.get((system, name, delivery, False))

    def put(self, entry: Entry) -> None:
        """Enter or replace a row."""
        self._entries[self._key(entry)] = entry

    def of(self, system: str, name: str) -> list[Entry]:
        """The entries of an object whose rows are in raw."""
        return [e for e in self if (e.system, e.object) == (system, name) and e.status in PARSED]

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.values(), key=self._key))

    def save(self, scratch: Path) -> None:
        """Write the ledger in one step."""
        finished = scratch / "ledger.parquet"
        pq.write_table(pa.Table.from_pylist([asdict(entry) for entry in self], schema=SCHEMA), finished)
        put(finished, self.path)

    @staticmethod
    def _key(entry: Entry) -> tuple[str, str, str, bool]:
        return entry.system, entry.object, entry.delivery, entry.status == REFUSED_CHANGED
