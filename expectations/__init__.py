"""Our policy, held against the files of a candidate release: one rule a file in `policy/`, one verdict a rule.

Here belongs what must hold before anything is published. The rules are written apart from the models: the auditor does
not reuse the accountant's SQL. A vendor's deliveries and an analyst's models are checked elsewhere.
"""

from expectations.gate import GateResult, Outcome, audit, reaudit
from expectations.rules import Rule, load_rules

__all__ = ["GateResult", "Outcome", "Rule", "audit", "load_rules", "reaudit"]
