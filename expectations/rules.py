"""Rules as files: what a rule says, which table it looks at, and which rows break it.

A rule takes one of three shapes. `table` + `failing`: a query with one row per breach. `each_table` + `failing`: the
same for every table that lies in `schema` and has the `columns`, if given, with `{table}` in the query. `each_value`:
a condition on `{value}` that no text cell (nor a whole number of eight digits or more) of any table may meet.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
THEMES = ("consent", "CME independence", "privacy", "integrity", "identity")
DELIVERIES = "deliveries"  # the theme of the rules in that folder, which warn and never block (ruling 57)
SEVERITIES = ("critical", "error", "warning", "info")


@dataclass(frozen=True)
class Rule:
    """One policy rule. `example_breach` is SQL that plants a breach; only tests run it."""

    id: str
    title: str
    theme: str
    severity: str
    policy_reference: str
    audits: tuple[str, ...]
    example_breach: str
    table: str = ""
    each_table: dict[str, Any] | None = None
    each_value: str = ""
    columns_named: str = ""  # with `each_value`: a pattern of column names; empty = every column
    failing: str = ""
    says: str = ""  # on deliveries: the warning, from the counts and the column's name that `failing` selects

    def __post_init__(self) -> None:
        shapes = [bool(self.table), self.each_table is not None, bool(self.each_value)]
        if (
            sum(shapes) != 1
            or bool(self.failing) == bool(self.each_value)
            or self.theme not in (*THEMES, DELIVERIES)
            or not self.audits
            or (self.theme == DELIVERIES) != bool(self.says)
            or (self.theme == DELIVERIES and self.severity == "critical")
        ):
            raise ValueError(f"Rule {self.id} is not well formed: see {__name__}.")

    @property
    def check_name(self) -> str:
        """The rule's id in letters that Dagster accepts."""
        return self.id.lower().replace("-", "_")

    @property
    def needs_identifiers(self) -> bool:
        """Whether the rule compares cells with the identifiers that are held."""
        return "known_identifiers" in self.failing + self.each_value

    @property
    def reads_warehouse(self) -> bool:
        """Whether the rule follows a published row into the working database, which moves on after the release."""
        return "warehouse." in self.failing + self.each_value

    @property
    def looks_at(self) -> str:
        """What the rule audits, in words."""
        return self.table or "every table"


@dataclass(frozen=True)
class Feeds:
    """The objects whose deliveries fill what a rule audits: without any of them, finding no row is no surprise."""

    delivered: str  # SQL: the objects that brought rows
    audited: dict[str, list[str]]

    def of(self, rule: Rule) -> list[str]:
        """The objects that fill the rule's tables."""
        return self.audited.get(rule.table or rule.id, [])


def load_rules(folder: Path = FOLDER / "policy") -> list[Rule]:
    """All rules, by id."""
    rules = [_load(path) for path in sorted(folder.glob("*.yml"))]
    if len({rule.check_name for rule in rules}) != len(rules):
        raise ValueError("Two rules carry one id.")
    return sorted(rules, key=lambda rule: rule.id)


def _load(path: Path) -> Rule:
    content = yaml.safe_load(path.read_text())
    return Rule(**{**content, "audits": tuple(content["audits"])})


def load_feeds(path: Path = FOLDER / "feeds.yml") -> Feeds:
    """Which deliveries fill which audited table."""
    return Feeds(**yaml.safe_load(path.read_text()))
