"""Deliveries and models without the release: what most comparisons of rows need."""

import json
import subprocess
from datetime import date
from pathlib import Path

import deliveries
from deliveries.registry import load
from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import Home


def build(home: Home, as_of: date, *select: str) -> Path:
    """The warehouse of a home, or the selected models of it, from its landing folder and feeds.yml as the job builds it."""
    settings = home.settings
    deliveries.receive(settings.landing, settings.home, load(PROJECT_DIR), settings.feed_overrides())
    kinds = ["--resource-type", "seed", "--resource-type", "model"]
    kinds += ["--select", *select] if select else []
    command = [DBT, "build", "--quiet", *kinds, "--vars", json.dumps(settings.dbt_vars(as_of))]
    environment = {**settings.process_environment(), "DBT_LOG_LEVEL_FILE": "none"}
    done = subprocess.run(command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    return settings.warehouse
