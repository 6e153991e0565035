"""Writes objects as the deliveries that a vendor would have sent: increments, repeats, late and split files.

What belongs here is how rows reach the landing folder. What the rows say belongs to the feeds' modules.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from simulator.plan import HOUR, Ints, Plan

CHUNK = 250_000
OPTIONS = pyarrow.csv.WriteOptions(quoting_style="needed")
Render = Callable[[Ints], pa.Table]
Target = tuple[str, str]  # system, object

# Objects whose deliveries are disturbed, by the slot's place in the calendar (GEN-11).
SENT_TWICE: dict[Target, float] = {
    ("veeva_crm", "Call2_vod__c"): 0.4,
    ("veeva_crm", "Email_Activity_vod__c"): 0.6,
    ("sfmc", "Sent"): 0.5,
}
SENT_IN_PARTS: dict[Target, float] = {("veeva_crm", "Call2_vod__c"): 0.6, ("sfmc", "Open"): 0.3}
PARTLY_LATE: dict[Target, float] = {
    ("veeva_crm", "Sent_Email_vod__c"): 0.5,
    ("veeva_crm", "Multichannel_Consent_vod__c"): 0.6,
    ("sfmc", "Click"): 0.4,
}


@dataclass
class Landing:
    """The landing folder of one simulation, and how many rows each object got."""

    root: Path
    plan: Plan
    rows: dict[str, int] = field(default_factory=dict)

    def path(self, system: str, name: str, at: int, ending: str = ".csv") -> Path:
        """Where a delivery of that instant lies; makes the folder."""
        folder = self.root / system / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder / (datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ") + ending)

    def count(self, system: str, name: str, rows: int) -> None:
        """Adds to the rows written of an object."""
        key = f"{system}/{name}"
        self.rows[key] = self.rows.get(key, 0) + rows

    def csv(self, target: Target, at: int, rows: Ints, render: Render, ending: str = ".csv") -> Path:
        """One CSV delivery, rendered piece by piece."""
        system, name = target
        path = self.path(system, name, at, ending)
        schema = render(rows[:0]).schema
        with pyarrow.csv.CSVWriter(path, schema, write_options=OPTIONS) as writer:
            for begin in range(0, len(rows), CHUNK):
                writer.write_table(render(rows[begin : begin + CHUNK]).cast(schema))
        self.count(system, name, len(rows))
        return path

    def slots(self, stamps: Ints) -> Ints:
        """The delivery that first holds a row stamped so; as many as there are deliveries = not yet delivered."""
        return np.searchsorted(self.plan.instants, stamps, side="right").astype(np.int64)

    def deliver(self, target: Target, stamps: Ints, render: Render, ids: Ints | None = None) -> None:
        """Spreads rows over the calendar by their stamps. Rows of one id are versions: an extract holds the newest."""
        instants = self.plan.instants
        slot = self.slots(stamps)
        order = np.lexsort((np.arange(len(stamps)), stamps, slot))
        order = order[slot[order] < len(instants)]
        final = np.ones(len(stamps), bool)
        if ids is not None:
            by_id = np.lexsort((stamps, slot, ids))
            same_id = ids[by_id][1:] == ids[by_id][:-1]
            final[by_id[:-1][same_id]] = False
            replaced = by_id[:-1][same_id & (slot[by_id][1:] == slot[by_id][:-1])]
            kept = np.ones(len(stamps), bool)
            kept[replaced] = False
            order = order[kept[order]]
        edges = np.searchsorted(slot[order], np.arange(len(instants) + 1))
        rng = self.plan.rng(f"landing {target}")
        for number, at in enumerate(instants):
            rows = order[edges[number] : edges[number + 1]]
            if number:
                # an overlap window sends rows again that have not changed (GEN-08, GEN-11)
                before = order[edges[number - 1] : edges[number]]
                before = before[final[before]]
                rows = np.concatenate([before[rng.random(len(before)) < self.plan.rates.resent_rows], rows])
            if self._is_turn(target, number, PARTLY_LATE):
                earlier = int(at) - 12 * HOUR
                late = (np.arange(len(rows)) % 10 == 0) & (stamps[rows] < earlier)
                self.csv(target, earlier, rows[late], render, "_late.csv")
                rows = rows[~late]
            self._place(target, number, rows, render)

    def _is_turn(self, target: Target, number: int, disturbed: dict[Target, float]) -> bool:
        return target in disturbed and number == round(disturbed[target] * (len(self.plan.instants) - 1))

    def _place(self, target: Target, number: int, rows: Ints, render: Render) -> None:
        at = int(self.plan.instants[number])
        if self._is_turn(target, number, SENT_IN_PARTS):
            half = len(rows) // 2
            self.csv(target, at, rows[:half], render, "_part1.csv")
            self.csv(target, at, rows[half:], render, "_part2.csv")
            return
        path = self.csv(target, at, rows, render)
        if self._is_turn(target, number, SENT_TWICE):
            shutil.copyfile(path, self.path(*target, at + 2 * HOUR, "_again.csv"))
            self.count(*target, len(rows))

    def small_csv(
        self, target: Target, at: int, header: list[str], rows: Iterable[Iterable[Any]], ending: str = ".csv"
    ) -> None:
        """A short list, in Python: reference data and registers."""
        records = [[None if cell is None else str(cell) for cell in row] for row in rows]
        columns = [pa.array([record[place] for record in records], pa.string()) for place in range(len(header))]
        table = pa.table(dict(zip(header, columns, strict=True)))
        self.csv(target, at, np.arange(len(records)), table.take, ending)

    def json(self, target: Target, at: int, answer: Any, rows: int, ending: str = ".json") -> None:
        """One JSON delivery; `rows` are its innermost records."""
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        self.path(*target, at, ending).write_text(text + "\n", encoding="utf-8", newline="\n")
        self.count(*target, rows)
