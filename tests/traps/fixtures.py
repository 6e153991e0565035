"""A trap as rows in and rows out: reads `<prefix>/<ID>.yml`, fills in invented ids, delivers, and asks the warehouse.

A fixture holds
  deliveries   {system/object[/delivery]: text of the file}; without a name, it is delivered at DELIVERED
  expect       {view or select: CSV with the columns to compare}; an empty cell is null, the order of rows does not matter
  use          the id of another trap whose deliveries these are, instead of own ones
  world        fixtures of one world share a warehouse (default `main`); another one only for what would disturb the others:
               full extracts, settings of feeds.yml
  feeds        settings of feeds.yml, for the whole world

Ids are written `<001:1>` (the first Salesforce id of this trap with prefix 001; `<001:1:15>`
in its short form) and `<npi:1>`; they belong to this trap alone.
Other ids and addresses hold the tag, `crm11` for CRM-11, so that the views can tell whose rows they are.
"""

import csv
import io
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.conftest import Home

HERE = Path(__file__).parent
DELIVERED = "20260301T000000Z"
ENDINGS = {
    "zoom": "json",
    "on24": "json",
    "learner_report": "json",
    "xapi": "jsonl",
    "attendee_report": "csv",
}  # by system or object
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
Rows = Counter[tuple[str | None, ...]]

# What an expectation may name: the published tables, cut to the rows of one trap. `tag` is a macro of the connection.
VIEWS = """
    create macro is_own(delivery) as regexp_matches(delivery, '_' || tag() || '[._]');
    create macro raw(place) as table
        select * from read_parquet(getvariable('home') || '/raw/' || place || '/*.parquet', union_by_name = true);
    create view records as
        select b.*, t.* exclude (touchpoint_id, source_system), b.source_system
        from restricted.bridge_touchpoints as b join core.fct_touchpoints as t using (touchpoint_id) where is_own(b.delivery);
    create view touches as
        select t.*, r.records
        from core.fct_touchpoints as t
        join (select touchpoint_id, string_agg(source_record_id, ';' order by source_record_id) as records from records group by all) as r
            using (touchpoint_id);
    create view ids as
        select * from restricted.bridge_hcps
        where hcp_key in (
            select hcp_key from restricted.bridge_hcps where id_value ilike '%' || tag() || '%'
            union all select hcp_key from touches where hcp_key is not null
        );
    create view people as select * from core.dim_hcps where hcp_key in (select hcp_key from ids);
    create view consents as select * from core.fct_consents where hcp_key in (select hcp_key from ids);
    create view transfers as select * from core.fct_transfers_of_value where hcp_key in (select hcp_key from ids);
    create view violations as select * from governance.mart_consent_violations where touchpoint_id in (select touchpoint_id from touches);
    create view email_events as
        select send_record_id, 'clicked' as event_type, clicked_at as occurred_at, click_class as event_class, rule_id
        from intermediate.int_emails__click_verdicts
        union all
        select send_record_id, 'opened', opened_at, open_class, rule_id from intermediate.int_emails__open_verdicts;
    create view accounting as select * from governance.mart_delivery_accounting where is_own(delivery);
    create view quarantine as select * from governance.mart_quarantine_reasons where is_own(delivery);
"""


@dataclass(frozen=True)
class Trap:
    """One fixture file."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.stem

    @property
    def tag(self) -> str:
        return self.id.replace("-", "").lower()

    @cached_property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        return content

    @property
    def source(self) -> "Trap":
        """The trap whose deliveries this one looks at."""
        return find(self.content["use"]) if "use" in self.content else self

    @property
    def world(self) -> str:
        return str(self.source.content.get("world", "main"))

    def filled(self, text: str) -> str:
        """The text with this trap's invented ids in place of `<001:1>` and `<npi:1>`."""
        text = re.sub(r"<npi:(\d+)>", lambda m: _npi(f"{self.tag} {m[1]}"), text)
        return re.sub(
            r"<(\w{3}):(\d+)(:15)?>", lambda m: _salesforce_id(m[1], self.tag, int(m[2]))[: 15 if m[3] else 18], text
        )

    def deliver(self, home: Home) -> None:
        for place, text in self.content.get("deliveries", {}).items():
            system, name, *named = place.split("/")
            file = named[0] if named else DELIVERED
            ending = ENDINGS.get(name, ENDINGS.get(system, "csv"))
            home.deliver(system, name, f"{file}_{self.tag}.{ending}", self.filled(text))

    def outcomes(self, warehouse: Path) -> list[tuple[str, Rows, Rows]]:
        """For each expectation: what is asked, the rows there should be, the rows there are."""
        source = self.source
        with duckdb.connect() as connection:
            connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
            connection.execute(f"set variable home = '{warehouse.parents[1]}'")
            connection.execute(f"create macro tag() as '{source.tag}'")
            connection.execute(_of_warehouse(VIEWS))
            connection.execute("set search_path = 'memory.main,warehouse.main'")
            return [(asked, *self._outcome(connection, asked, text)) for asked, text in self.content["expect"].items()]

    def _outcome(self, connection: duckdb.DuckDBPyConnection, asked: str, text: str) -> tuple[Rows, Rows]:
        header, *rows = csv.reader(io.StringIO(self.source.filled(text).strip()), skipinitialspace=True)
        is_select = asked.lower().startswith("select")
        table = f"({_of_warehouse(self.source.filled(asked))})" if is_select else f"memory.main.{asked}"
        columns = ", ".join(f"cast({name.strip()} as text)" for name in header)
        actual = connection.execute(f"select {columns} from {table}").fetchall()
        return Counter(tuple(cell.strip() or None for cell in row) for row in rows), Counter(actual)


def traps() -> list[Trap]:
    """All fixtures, those of one world together."""
    return sorted((Trap(path) for path in HERE.glob("*/*.yml")), key=lambda trap: (trap.world, trap.id))


def find(trap_id: str) -> Trap:
    return Trap(HERE / trap_id.split("-", maxsplit=1)[0].lower() / f"{trap_id}.yml")


def _of_warehouse(sql: str) -> str:
    """The SQL with the warehouse's schemas found in the attached database."""
    return re.sub(r"\b(staging|intermediate|restricted|core|engagement|governance)\.", r"warehouse.\1.", sql)


def _salesforce_id(prefix: str, tag: str, number: int) -> str:
    body = f"{prefix}{tag.upper():0>7}{number:05d}"
    groups = (body[start : start + 5] for start in (0, 5, 10))
    return body + "".join(ALPHABET[sum(2**place for place, c in enumerate(g) if c.isupper())] for g in groups)


def _npi(seed: str) -> str:
    body = f"1{zlib.crc32(seed.encode()) % 10**8:08d}"
    return next(f"{body}{check}" for check in range(10) if _is_luhn(f"80840{body}{check}"))


def _is_luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
