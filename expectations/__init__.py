"""What must hold, as rules in files: `deliveries/` for what a vendor sends, `policy/` for what we publish.

Rules on deliveries run before dbt and warn. Policy is held against the files of a candidate release, one verdict a rule,
before anything is published; those rules are written apart from the models: the auditor does not reuse the accountant's
SQL. An analyst's models are checked elsewhere.
"""

from expectations.gate import GateResult, Outcome, audit, judged, reaudit
from expectations.health import Health, Warned, examine, load_delivery_rules
from expectations.rules import DELIVERIES, Rule, load_rules

__all__ = [
    "DELIVERIES", "GateResult", "Health", "Outcome", "Rule", "Warned", "audit", "examine", "judged", "load_delivery_rules",
    "load_rules", "reaudit",
]  # fmt: skip
