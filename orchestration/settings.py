"""What an operator can set, and the paths that follow from it (contract sections 1 and 3)."""

import csv
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

PROJECT_DIR = Path(__file__).resolve().parent.parent
SAMPLE_MARKER = ".simulated"  # the simulator leaves it in the landing folder (ruling 10)
# No telemetry, no questions to the newcomer; runs that died free their slot.
DBT = str(Path(sys.executable).with_name("dbt"))
DAGSTER_INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_monitoring: {enabled: true}
event_log_storage: {module: orchestration.event_log, class: EventLog, config: {base_dir: "%s/history/runs"}}
"""
# DuckDB writes what memory held before into gaps of its blocks: padded keys, rows just filtered out (duckdb/duckdb#23382). Its
# allocator, jemalloc in the wheels for Linux, reads this when the library is loaded, and overwrites whatever is freed.
CLEAN_MEMORY = {"DUCKDB_JE_MALLOC_CONF": "junk:free"}


class ProjectInvalid(Exception):
    """dbt cannot read models, seeds or macros; the message is dbt's own, which speaks of files and not of data."""


@dataclass(frozen=True)
class Settings:
    """One home, its landing folder and its operator. Everything else derives from these."""

    home: Path
    landing: Path
    key_file: Path
    env: str = "sample"
    target: str = "duckdb"
    operator: str = ""
    company_ids: tuple[str, ...] = field(default=())
    groups: Mapping[str, str] = field(default_factory=dict)  # audience: group of the machine that may read its files

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, dotenv: Path = PROJECT_DIR / ".env") -> Self:
        """Read the RAPPORT_ variables; those of the environment win over the lines of a `.env` file."""
        values = {**_dotenv(dotenv), **environ}
        env = values.get("RAPPORT_ENV") or "sample"
        home = Path(values.get("RAPPORT_HOME") or PROJECT_DIR / "home").expanduser().absolute()
        return cls(
            home=home,
            landing=Path(values.get("RAPPORT_LANDING") or home / "landing").expanduser().absolute(),
            key_file=Path(values.get("RAPPORT_KEY_FILE") or home / "secrets" / "pseudonym.key").expanduser().absolute(),
            env=env,
            target=values.get("RAPPORT_TARGET") or "duckdb",
            # In production an unset operator lets no learner row enter (ruling 16).
            operator=(values.get("RAPPORT_OPERATOR") or ("" if env == "production" else "Rapport")).strip(),
            company_ids=tuple(i.strip() for i in values.get("RAPPORT_COMPANY_IDS", "").split(",") if i.strip()),
            groups=_pairs(values.get("RAPPORT_GROUPS", "")),
        )

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def audiences(self) -> tuple[str, ...]:
        """Who reads releases, as the seed of audiences names them."""
        with next((PROJECT_DIR / "seeds").rglob("audiences.csv")).open() as rows:
            return tuple(dict.fromkeys(row["audience"] for row in csv.DictReader(rows)))

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def dbt_target(self) -> Path:
        return self.state / "dbt"

    @property
    def manifest(self) -> Path:
        return self.dbt_target / "manifest.json"

    def environment(self) -> dict[str, str]:
        """The variables that dbt, Dagster and their children need to write inside this home, and nowhere else."""
        return {
            "RAPPORT_HOME": str(self.home),
            "RAPPORT_LANDING": str(self.landing),
            "RAPPORT_KEY_FILE": str(self.key_file),
            "RAPPORT_ENV": self.env,
            "RAPPORT_TARGET": self.target,
            "RAPPORT_OPERATOR": self.operator,
            "RAPPORT_COMPANY_IDS": ",".join(self.company_ids),
            "RAPPORT_GROUPS": ",".join(f"{audience}={group}" for audience, group in self.groups.items()),
            "DAGSTER_HOME": str(self.state / "dagster"),
            "DBT_TARGET_PATH": str(self.dbt_target),
            "DBT_LOG_PATH": str(self.home / "logs"),
            "DBT_PROJECT_DIR": str(PROJECT_DIR),
            "DBT_PROFILES_DIR": str(PROJECT_DIR),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "GX_ANALYTICS_ENABLED": "false",
            **CLEAN_MEMORY,
        }

    def process_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment()}

    def feed_overrides(self) -> dict[str, Any]:
        """The operator's `feeds.yml`, as {system: {object: {setting: value}}} (ruling 8); empty without one."""
        from deliveries.registry import load_overrides

        return dict(load_overrides(self.home))

    def dbt_vars(self, as_of: date) -> dict[str, Any]:
        return {
            "as_of_on": as_of.isoformat(),
            "operator": self.operator,
            "company_ids": list(self.company_ids),
            "feeds": self.feed_overrides(),
        }

    def prepare(self) -> None:
        """Make the folders of the home, closed to everyone but the owner. Never writes into the landing folder."""
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in ("raw", "quarantine", "warehouse", "releases", "secrets", "state/dagster", "state/dbt", "logs"):
            (self.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        dagster = self.state / "dagster"
        (dagster / "dagster.yaml").write_text(DAGSTER_INSTANCE % dagster)


def default_as_of(landing: Path, today: date) -> date:
    """The day after the newest event of a simulated landing folder, else today (ruling 10)."""
    marker = landing / SAMPLE_MARKER
    if not marker.is_file():
        return today
    return date.fromisoformat(json.loads(marker.read_text())["newest_event_on"]) + timedelta(days=1)


def _pairs(text: str) -> dict[str, str]:
    """`a=b,c=d` as a mapping."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.strip().removeprefix("export ").split("=", 1) for line in path.read_text().splitlines())
    return {pair[0].strip(): pair[1].strip().strip("'\"") for pair in lines if len(pair) == 2 and pair[0][:1] != "#"}
