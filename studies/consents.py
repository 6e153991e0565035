"""Who was permitted: every touch of a simulated year judged twice, by the models and by a plain oracle on the deliveries.

    python -m studies.consents [--hcps 5000] [--days 365] [--seed 1] [--home DIR]

The oracle (tests/consents) is written from the policy and reads the vendors' files row by row; it shares no code with the
models. The study prints the touches by country and by reason with the share on which both agree in status, regime, verdict and
reason, and exits with 1 unless it is all of them, in at least eight countries and with every reason met.
"""

import argparse
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from orchestration.settings import default_as_of
from studies.worlds import World
from tests.consents.comparison import Comparison, compare

COUNTRIES = 8
MODELS = ("+int_consents__verdicts",)
REASONS = {
    "granted", "no_refusal", "own_will", "merge_conflict", "bounce", "spam_mark", "pending", "no_record", "unknown_country",
    "unknown_channel", "no_channel_value", "not_applicable",
}  # fmt: skip


def main() -> int:
    """Simulates, builds, compares, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hcps", type=int, default=5000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="where to build (default: a temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = World(given.home or Path(folder))
        world.simulate(given.hcps, given.days, given.seed)
        world.receive()
        world.build(MODELS)
        as_of = datetime.combine(default_as_of(world.settings.landing, date.today()), datetime.min.time())
        with world.timed("judge"), world.open() as connection:
            found = compare(world.settings.landing, connection, as_of)
    console = Console(width=120)
    _print(console, found)
    console.print("Seconds: " + ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in world.seconds.items()))
    known = {country for country in found.countries if country != "unknown"}
    is_met = not found.differences and len(known) >= COUNTRIES and set(found.reasons) >= REASONS
    console.print(
        "Every touch is judged alike." if is_met else "[red]The oracle and the models disagree, or a case is missing."
    )
    return 0 if is_met else 1


def _print(console: Console, found: Comparison) -> None:
    differing = [expected for _, expected, _ in found.differences]
    for title, counts in (("Reason", found.reasons), ("Country", found.countries)):
        table = Table(title, "Touches", *(["Judged otherwise"] if title == "Reason" else []))
        for word, number in sorted(counts.items(), key=lambda each: -each[1]):
            wrong = [str(sum(1 for each in differing if each[3] == word))] if title == "Reason" else []
            table.add_row(word, f"{number:,}", *wrong)
        console.print(table)
    agreeing = found.touches - len(found.differences)
    console.print(f"{agreeing:,} of {found.touches:,} touches agree ({agreeing / max(found.touches, 1):.4%}).")


if __name__ == "__main__":
    sys.exit(main())
