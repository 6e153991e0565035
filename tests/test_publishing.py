"""Promise 1: whatever dies when, readers of `releases/current` see a whole release, and the next run publishes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.lock import LockHeld, writer_lock
from orchestration.settings import PROJECT_DIR
from releases.publication import STEPS
from tests.conftest import Home

pytestmark = pytest.mark.warehouse

DIES = """
import os, signal
from datetime import date
from pathlib import Path
import expectations, releases
from orchestration.settings import PROJECT_DIR, Settings

def die_at(step):
    if step == "{step}":
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings.from_env()
releases.build_candidate(settings, date(2026, 7, 1))
die_at("built")
pending = releases.pending(settings)
expectations.audit(settings, pending, expectations.load_rules())
die_at("audited")
releases.write_report(settings, pending)
die_at("documented")
releases.publish(settings, pending, before_step=die_at)
die_at("switched")
"""


def test_a_release_holds_every_file_that_the_contract_names(sample: Home) -> None:
    names = {str(path.relative_to(sample.current)) for path in sample.current.rglob("*") if path.is_file()}
    assert names >= {
        "marts.duckdb", "commercial.duckdb", "manifest.json", "quality/index.html", "report/index.html", "docs/index.html",
        "parquet/core/fct_touchpoints.parquet", "parquet/engagement/mart_hcp_engagement_quality.parquet",
        "parquet/governance/mart_data_quality.parquet",
    }  # fmt: skip
    assert not [name for name in names if name.endswith((".wal", ".tmp"))]
    manifest = json.loads((sample.current / "manifest.json").read_text())
    assert manifest["release_id"] == sample.current.resolve().name
    assert set(manifest) >= {
        "release_id",
        "created_at",
        "as_of",
        "git_revision",
        "engine",
        "tables",
        "deliveries",
        "gate",
        "score_version",
    }
    assert sample.rapport("verify").returncode == 0


@pytest.mark.parametrize("step", ["built", "audited", "documented", *STEPS, "switched"])
def test_kill_9_at_a_step_of_publishing_leaves_the_old_release_and_the_next_run_publishes(
    sample: Home, tmp_path: Path, step: str
) -> None:
    home = sample.copy(tmp_path / "home")
    before = home.current.resolve()
    killed = subprocess.run(
        [sys.executable, "-c", DIES.format(step=step)],
        env=home.settings.process_environment(),
        cwd=PROJECT_DIR,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    seen = home.current.resolve()
    assert home.rapport("verify", seen.name).returncode == 0
    if step != "switched":
        assert seen == before
    survived = subprocess.run(
        [sys.executable, "-c", DIES.format(step="never")],
        env=home.settings.process_environment(),
        cwd=PROJECT_DIR,
        check=False,
    )
    assert survived.returncode == 0
    assert home.current.resolve() not in (before, seen)
    assert home.rapport("verify").returncode == 0
    assert not [path for path in home.settings.releases.iterdir() if path.name.startswith(".candidate")]


def test_a_second_run_at_the_same_time_says_who_holds_the_lock(home: Home) -> None:
    with writer_lock(home.settings.home):
        with pytest.raises(LockHeld, match=str(os.getpid())), writer_lock(home.settings.home):
            pass
        refused = home.rapport("run")
    assert refused.returncode != 0
    assert f"Process {os.getpid()}" in refused.stdout + refused.stderr


def test_readers_with_an_open_release_are_not_disturbed_by_the_next_one(sample: Home, tmp_path: Path) -> None:
    import duckdb

    home = sample.copy(tmp_path / "home")
    reader = duckdb.connect(str(home.current.resolve() / "marts.duckdb"), read_only=True)
    before = reader.execute("select count(*) from core.fct_touchpoints").fetchall()
    script = [sys.executable, "-c", DIES.format(step="never")]
    subprocess.run(script, env=home.settings.process_environment(), cwd=PROJECT_DIR, check=True)
    assert reader.execute("select count(*) from core.fct_touchpoints").fetchall() == before
    reader.close()
