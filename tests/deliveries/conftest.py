import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

import deliveries
from deliveries.registry import Registry, load

REGISTRY = load(Path(__file__).resolve().parents[2])
FEW = Registry(tuple(o for o in REGISTRY.objects if o.name in {
    "Call2_Detail_vod__c", "Multichannel_Consent_vod__c", "Job", "registrants", "participants", "qa", "learner_report", "general", "xapi",
    "event",
}))  # fmt: skip
DETAIL = ("veeva_crm", "Call2_Detail_vod__c")
HEADER = ("Id", "Call2_vod__c", "Product_vod__c")


@dataclass
class Box:
    """A landing folder and a home; rows and ledger are read as the warehouse reads them."""

    folder: Path
    registry: Registry = field(default=FEW, repr=False)

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def deliver(self, delivery: str, content: str | bytes, place: tuple[str, str] = DETAIL) -> Path:
        path = self.landing.joinpath(*place, delivery)
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if delivery.endswith(".gz") else data)
        return path

    def receive(self, **overrides: Any) -> deliveries.Receipt:
        return deliveries.receive(self.landing, self.home, self.registry, overrides)

    def rows(self, columns: str = "Id", place: tuple[str, str] = DETAIL) -> list[tuple[Any, ...]]:
        files = self.home.joinpath("raw", *place, "*.parquet")
        return duckdb.sql(
            f"select {columns} from read_parquet('{files}', union_by_name = true) order by _delivery, _row"
        ).fetchall()

    def ledger(self, columns: str = "delivery, status") -> list[tuple[Any, ...]]:
        file = self.home / "raw" / "rapport" / "deliveries" / "deliveries.parquet"
        return duckdb.sql(f"select {columns} from '{file}' order by system, object, delivery, status").fetchall()

    def reason(self) -> str:
        """The reason of the one refusal."""
        ((status, reason, rows_read),) = self.ledger("status, status_reason, rows_read")
        assert status == "refused" and rows_read == 0
        return str(reason)


def as_csv(rows: Iterable[Sequence[object]], header: Sequence[str] = HEADER, *, quoted: bool = False) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    return ",".join(header) + "\n" + out.getvalue()


def details(*ids: str) -> str:
    return as_csv([(i, "c1", "p1") for i in ids])


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)
