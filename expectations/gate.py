"""The gate: audits a candidate's own files, writes its evidence beside them, and blocks what must not be published."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from expectations.documents import FAULTS, judge
from expectations.health import Health
from expectations.measures import Measure, measure
from expectations.rules import DELIVERIES, Rule
from orchestration.audit import record
from orchestration.settings import Settings
from releases import files
from releases.catalogue import Table, read
from releases.manifest import Release, ReleaseBlocked


@dataclass(frozen=True)
class Outcome:
    """One rule's result over all files that it audits; the counts are sums over them."""

    rule: Rule
    status: str  # passed, failed, errored, empty, not_applicable: the worst of its files
    rows_checked: int
    rows_failing: int | None
    error: str

    @property
    def check_name(self) -> str:
        """The name of its asset check."""
        return self.rule.check_name

    @property
    def severity(self) -> str:
        """How much a failure weighs."""
        return self.rule.severity

    @property
    def theme(self) -> str:
        """What the rule is about."""
        return self.rule.theme

    @property
    def is_passed(self) -> bool | None:
        """None where the rule does not apply (ruling 48)."""
        return {"passed": True, "not_applicable": None}.get(self.status, False)

    @property
    def is_blocking(self) -> bool:
        """A rule that could not be evaluated, or looked at nothing, proves nothing: it blocks whatever its severity."""
        if self.rule.theme == DELIVERIES:  # history only warns (ruling 57)
            return False
        return self.status in ("errored", "empty") or (self.status == "failed" and self.severity == "critical")

    @property
    def reason(self) -> str:
        """What is wrong, in counts."""
        what = {
            "failed": f"{self.rows_failing} of {self.rows_checked} rows fail in {self.rule.looks_at}",
            "errored": f"the rule could not be evaluated ({self.error})",
            "empty": f"there were no rows to look at in {self.rule.looks_at}",
        }
        return f"{self.rule.id}, {self.rule.title}: {what.get(self.status, self.status)}"

    def row(self, release: Release) -> dict[str, Any]:
        """The outcome as it is published."""
        return {
            "release_id": release.release_id,
            "rule_id": self.rule.id,
            "title": self.rule.title,
            "theme": self.rule.theme,
            "severity": self.rule.severity,
            "policy_reference": self.rule.policy_reference,
            "audiences": ";".join(self.rule.audits),
            "status": self.status,
            "is_passed": self.is_passed,
            "rows_checked": self.rows_checked,
            "rows_failing": self.rows_failing,
        }


@dataclass(frozen=True)
class GateResult:
    """The outcome of every rule for one release."""

    release: Release
    outcomes: list[Outcome]

    @property
    def passed(self) -> bool:
        """Whether the release may be published."""
        return not self.reasons

    @property
    def reasons(self) -> list[str]:
        """Why the release is blocked; empty if it is not."""
        return [outcome.reason for outcome in self.outcomes if outcome.is_blocking]

    def raise_if_blocked(self) -> None:
        """Raise ReleaseBlocked with every reason and where to look."""
        if self.reasons:
            where = self.release.folder / files.QUALITY
            raise ReleaseBlocked(
                f"Release {self.release.release_id} is blocked; the last good one stays current.\n"
                + "".join(f"  {reason}.\n" for reason in self.reasons)
                + f"Look at {where} and at the same tables in the working database."
            )


def audit(settings: Settings, release: Release, rules: list[Rule], on_deliveries: Sequence[Measure] = ()) -> GateResult:
    """Audit a candidate; write Data Docs, the gate's table in every file, and the evidence for publication.

    What was measured on the deliveries stands beside it in documents and table, and decides nothing.
    """
    result = _result(release, [*measure(settings, release, rules), *on_deliveries], with_documents=True)
    gate_tables = [table for table in read(settings.manifest).tables if table.is_filled_by_gate]
    rows = [outcome.row(release) for outcome in result.outcomes]
    for table in gate_tables:
        _fill(release, table, rows)
    evidence = {
        "is_passed": result.passed,
        "rules": rows,
        "rows": {table.full_name: len(rows) for table in gate_tables},
        "files": files.data_hashes(release.folder),
    }
    (release.folder / files.GATE).write_text(json.dumps(evidence, indent=2) + "\n")
    blocking: list[Any] = [outcome.rule.id for outcome in result.outcomes if outcome.is_blocking]
    verdict = "passed" if result.passed else "blocked"
    record(settings, "gate", release=release.release_id, outcome=verdict, rules=len(rules), blocked_by=blocking)
    return result


def judged(health: Health) -> list[Outcome]:
    """What Great Expectations says of the deliveries, before anything is built on them."""
    verdicts = judge(health.measures, "deliveries", None)
    return [_outcome([each], verdicts) for each in health.measures]


def reaudit(settings: Settings, release: Release, rules: list[Rule]) -> GateResult:
    """Audit a published release again, by what it holds; nothing is written."""
    lasting = [rule for rule in rules if not rule.reads_warehouse]
    return _result(release, measure(settings, release, lasting), with_documents=False)


def _result(release: Release, measures: list[Measure], *, with_documents: bool) -> GateResult:
    folder = release.folder / files.QUALITY.parent if with_documents else None
    verdicts = judge(measures, release.release_id, folder)
    by_rule: dict[str, list[Measure]] = {}
    for each in measures:
        by_rule.setdefault(each.rule.id, []).append(each)
    return GateResult(release, [_outcome(group, verdicts) for group in by_rule.values()])


def _outcome(measures: list[Measure], verdicts: dict[tuple[str, str], str]) -> Outcome:
    order = [*FAULTS, "passed", "not_applicable"]
    failing = [each.rows_failing for each in measures]
    return Outcome(
        rule=measures[0].rule,
        status=min((verdicts[each.rule.id, each.audience] for each in measures), key=order.index),
        rows_checked=sum(each.rows_checked or 0 for each in measures),
        rows_failing=None if None in failing else sum(count or 0 for count in failing),
        error=next((each.error for each in measures if each.error), ""),
    )


def _fill(release: Release, table: Table, rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(table.columns)
    marks = ", ".join("?" for _ in table.columns)
    order = ", ".join(table.grain)
    values = [[row[column] for column in table.columns] for row in rows]
    for path in sorted(release.folder.glob("*.duckdb")):
        with files.opened(path, read_only=False) as connection:
            known = connection.execute(
                "select 1 from duckdb_tables() where schema_name = ? and table_name = ?", [table.schema, table.name]
            ).fetchone()
            if known:
                connection.execute(f"delete from {table.sql}")
                connection.executemany(f"insert into {table.sql} ({columns}) values ({marks})", values)
            if path.stem == files.MARTS:
                ordered = f"(select * from {table.sql} order by {order})"
                files.write_parquet(connection, ordered, files.parquet(release.folder, table.schema, table.name))
