"""Homes that a study builds: deliveries in, the models that it measures out, with the seconds that each took."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import DBT, PROJECT_DIR, Settings, default_as_of

KEY = "5f" * 32  # an invented key: pseudonyms are equal from run to run
IDENTITY = ("+bridge_hcps", "+int_identity__rejected_edges")


class World:
    """One home in a folder of its own, its planted truth beside it."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.from_env({"RAPPORT_HOME": str(folder / "home")}, dotenv=folder / "no.env")
        self.truth = folder / "truth"
        self.seconds: dict[str, float] = {}
        self.settings.prepare()
        self.settings.key_file.write_text(KEY)
        self.settings.key_file.chmod(0o600)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds what passes meanwhile to a stage."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0) + time.perf_counter() - began

    def simulate(self, hcps: int, days: int, seed: int) -> None:
        """Deliveries of invented people, with the truth about them."""
        import simulator

        # Whose export the platform's is, the operator says: without it no learner of it enters.
        (self.settings.home / "feeds.yml").write_text("cme_lms: {credit: {provider: Example Learning}}\n")
        with self.timed("simulate"):
            simulator.write(hcps=hcps, days=days, seed=seed, out=self.settings.landing, truth=self.truth)

    def receive(self) -> None:
        """Landing to raw."""
        import deliveries
        from deliveries.registry import load

        self.settings.landing.mkdir(exist_ok=True)
        with self.timed("receive"):
            overrides = self.settings.feed_overrides()
            deliveries.receive(self.settings.landing, self.settings.home, load(PROJECT_DIR), overrides)

    def build(self, select: Sequence[str] = IDENTITY, **variables: Any) -> dict[str, float]:
        """Seeds and the selected models; returns the seconds of each model."""
        as_of = default_as_of(self.settings.landing, date.today())
        wanted = json.dumps({**self.settings.dbt_vars(as_of), **variables})
        with self.timed("build"):
            kinds = ["--resource-type", "seed", "--resource-type", "model"]
            done = subprocess.run(
                [DBT, "--quiet", "build", *kinds, "--select", "resource_type:seed", *select, "--vars", wanted],
                env=self.settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(done.stdout[-4000:] + done.stderr[-1000:])
        results = json.loads((self.settings.dbt_target / "run_results.json").read_text())["results"]
        return {
            str(result["unique_id"]).split(".")[-1]: float(result["execution_time"])
            for result in results
            if str(result["unique_id"]).startswith("model.")
        }

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The built warehouse, to read; temporary tables may be made beside it."""
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(f"attach '{self.settings.warehouse}' as warehouse (read_only)")
            connection.execute("set search_path = 'memory.main,warehouse.intermediate'")
            yield connection
