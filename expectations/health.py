"""Deliveries against what is to be expected of them: the rules of `deliveries/` on profiles and ledger, before dbt runs.

A rule here warns; it never refuses and never blocks. What a file shows by itself the readers have refused already, or its
rows wait in quarantine; and history is no proof (ruling 57). Reads counts only, so that no warning can hold a value.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from deliveries.ledger import Ledger
from deliveries.profiles import path_of
from expectations.measures import Measure
from expectations.rules import FOLDER, Rule, load_rules

VIEWS = FOLDER / "deliveries" / "_views.sql"
AUDIENCE = "deliveries"
TABLES = ("columns", "volumes", "full_extracts", "opt_outs", "feeds")


@dataclass(frozen=True, order=True)
class Warned:
    """What a rule says about one feed or delivery."""

    system: str
    object: str
    delivery: str
    rule_id: str
    severity: str
    words: str

    @property
    def place(self) -> str:
        """Where to look."""
        return "/".join(filter(None, (self.system, self.object, self.delivery)))


@dataclass(frozen=True)
class Health:
    """All that is to be said about the deliveries of a home: a measure per rule, and what it found."""

    measures: list[Measure]
    warnings: list[Warned]


def load_delivery_rules() -> list[Rule]:
    """All rules on deliveries, by id."""
    return load_rules(FOLDER / "deliveries")


def examine(home: Path, as_of: date, rules: Iterable[Rule] | None = None) -> Health:
    """Every rule on the recent deliveries of a home. Reads the ledger and the profiles; a landing file is not opened."""
    with duckdb.connect() as connection:
        load(connection, home, as_of)
        return judge_loaded(connection, load_delivery_rules() if rules is None else rules)


def load(connection: duckdb.DuckDBPyConnection, home: Path, as_of: date) -> None:
    """Make `run`, `ledger` and `profiles`."""
    connection.execute("create temp table run as select cast(? as timestamp) as as_of_at", [as_of])
    for name, path in (("ledger", Ledger(home).path), ("profiles", path_of(home))):
        connection.execute(f"create temp table {name} as select * from read_parquet(?)", [str(path)])


def judge_loaded(connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> Health:
    """The rules on what is loaded. A rule that cannot be evaluated keeps the type of its error only."""
    for table in ("applied", "pasts", "extracts", *TABLES):
        connection.execute(f"drop table if exists {table}")
    connection.execute(VIEWS.read_text())
    health = Health([], [])
    for rule in rules:
        try:
            (checked,) = connection.execute(f"select count(*) from {rule.table}").fetchone() or (0,)
            found = connection.execute(
                f"select system, object, coalesce(delivery, ''), column_name, found, usual from ({rule.failing}) order by all"
            ).fetchall()
        except duckdb.Error as error:
            health.measures.append(Measure(rule, AUDIENCE, error=type(error).__name__))
            continue
        said = [
            Warned(system, name, delivery, rule.id, rule.severity, words)
            for (system, name, delivery), words in _together(rule, found).items()
        ]
        health.warnings.extend(said)
        details = tuple(f"{each.place}: {each.words}" for each in said)
        health.measures.append(Measure(rule, AUDIENCE, checked, len(found), is_applicable=checked > 0, details=details))
    health.warnings.sort()
    return health


def _together(rule: Rule, found: list[tuple[str, str, str, str | None, int, int]]) -> dict[tuple[str, str, str], str]:
    """One sentence per delivery: of several columns the first, and how many more."""
    by_place: dict[tuple[str, str, str], list[str]] = {}
    for system, name, delivery, column, count, usual in found:
        words = rule.says.format(column_name=_shown(column), found=f"{count:,}", usual=f"{usual:,}")
        by_place.setdefault((system, name, delivery), []).append(words)
    return {
        place: words[0] + (f" (and {len(words) - 1} more columns)" if len(words) > 1 else "")
        for place, words in by_place.items()
    }


def _shown(column: str | None) -> str:
    return re.sub(r"[{}|<>]", "?", column or "")
