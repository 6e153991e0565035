"""`rapport check`: a dry run on one's own files, in a temporary home that is gone afterwards. Nothing is published or kept.

Here the files are received and every row is judged, as a run would do; what to say about it stands in `findings`.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from deliveries import receive
from deliveries.landing import Arrival, arrivals
from deliveries.ledger import APPLIED, Entry, Ledger
from deliveries.registry import Registry, load
from orchestration.pseudonyms import make_key
from orchestration.settings import DBT, PROJECT_DIR, ProjectInvalid, Settings, default_as_of

ROWS = """
    select
        system, object, disposition, reason_code, column_names, count(*) as rows, count(distinct delivery) as files,
        min(delivery) as delivery, min(row_number) filter (first_delivery = delivery) as row_number
    from (select *, min(delivery) over (partition by system, object, reason_code, column_names) as first_delivery from {verdicts})
    group by all
    order by system, object, disposition, rows desc
"""
# Every reason counts, those of other feeds too (a parent that has not come): hence with all that the verdicts follow from.
VERDICTS = "config.meta.holds:dispositions"

At = Callable[[str, str], None]


@dataclass(frozen=True)
class Verdict:
    """Rows of one object that fare alike, and where the first of them stands."""

    disposition: str
    reason_code: str | None
    column_names: str | None
    rows: int
    files: int
    delivery: str
    row_number: int


@dataclass
class DryRun:
    """What would happen with a landing folder."""

    landing: Path
    registry: Registry  # with the operator's settings
    ledger: list[Entry] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    verdicts: dict[tuple[str, str], list[Verdict]] = field(default_factory=dict)


def dry_run(settings: Settings, at: At) -> DryRun:
    """Receive and judge every file of the landing folder under the operator's settings."""
    registry, overrides = load(PROJECT_DIR), settings.feed_overrides()
    found = DryRun(settings.landing, registry.overridden(overrides), arrivals=arrivals(settings.landing))
    with _home(settings) as scratch:
        receive(settings.landing, scratch.home, registry, overrides, lambda *place: at("reading", "/".join(place)))
        found.ledger = list(Ledger(scratch.home))
        if any(entry.status == APPLIED and entry.rows_read for entry in found.ledger):
            at("judging", "every row, by dbt")
            _judge(scratch)
            found.verdicts = _verdicts(scratch)
    return found


@contextmanager
def _home(settings: Settings) -> Iterator[Settings]:
    """A home closed to everyone else, with the operator's feeds.yml and a key that nobody needs again."""
    with TemporaryDirectory(prefix="rapport-check-") as folder:
        home = Path(folder) / "home"
        scratch = replace(settings, home=home, key_file=home / "secrets" / "pseudonym.key")
        scratch.prepare()
        make_key(scratch.key_file)
        if (settings.home / "feeds.yml").is_file():
            shutil.copy(settings.home / "feeds.yml", home / "feeds.yml")
        yield scratch


def _judge(scratch: Settings) -> None:
    variables = json.dumps(scratch.dbt_vars(default_as_of(scratch.landing, datetime.now(UTC).date())))
    kinds = ["--resource-type", "seed", "--resource-type", "model"]
    done = subprocess.run(
        [DBT, "build", "--quiet", *kinds, "--select", f"+{VERDICTS}", "--vars", variables],
        env=scratch.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ProjectInvalid(f"The rows could not be judged:\n{done.stdout}{done.stderr}")


def _verdicts(scratch: Settings) -> dict[tuple[str, str], list[Verdict]]:
    nodes = json.loads(scratch.manifest.read_text())["nodes"].values()
    (name,) = (f"{n['schema']}.{n['alias']}" for n in nodes if n["config"]["meta"].get("holds") == "dispositions")
    found: dict[tuple[str, str], list[Verdict]] = {}
    with duckdb.connect(str(scratch.warehouse), read_only=True) as warehouse:
        for system, object_name, *facts in warehouse.execute(ROWS.format(verdicts=name)).fetchall():
            found.setdefault((system, object_name), []).append(Verdict(*facts))
    return found
