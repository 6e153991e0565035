"""Promise 1: whatever dies when, readers of `releases/current` see a whole release, and the next run publishes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration import audit
from orchestration.assets import JobRun
from orchestration.lock import LockHeld, writer_lock
from releases.manifest import Release, problems
from tests.conftest import Home

pytestmark = pytest.mark.warehouse

DIES = """
import os, signal
from datetime import date
import expectations, releases
from orchestration.settings import Settings

def die_at(step):
    if step == "{step}":
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings.from_env()
releases.build_candidate(settings, date(2026, 7, 1))
die_at("built")
pending = releases.pending(settings)
expectations.audit(settings, pending, expectations.load_rules())
die_at("audited")
releases.publish(settings, pending, before_step=lambda step: die_at("sealed") if step == "sync" else None)
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


def test_a_run_killed_before_it_publishes_leaves_the_old_release_and_the_next_run_publishes(
    sample: Home, tmp_path: Path
) -> None:
    home = sample.copy(tmp_path / "home")
    before = home.current.resolve()
    for step in ("built", "audited", "sealed"):
        killed = subprocess.run(
            [sys.executable, "-c", DIES.format(step=step)], env=home.settings.process_environment(), check=False
        )
        assert killed.returncode == -signal.SIGKILL
        assert home.current.resolve() == before and problems(Release(before)) == []
    subprocess.run(
        [sys.executable, "-c", DIES.format(step="never")], env=home.settings.process_environment(), check=True
    )
    assert home.current.resolve() != before and problems(Release(home.current.resolve())) == []
    assert not list(home.settings.releases.glob(".*"))


def test_a_second_run_at_the_same_time_says_who_holds_the_lock(home: Home) -> None:
    with writer_lock(home.settings.home):
        with pytest.raises(LockHeld, match=str(os.getpid())), writer_lock(home.settings.home):
            pass
        refused = home.rapport("run")
    assert refused.returncode != 0
    assert f"Process {os.getpid()}" in refused.stdout + refused.stderr


def test_the_audit_log_tells_what_a_run_took_in_and_published(sample: Home) -> None:
    lines = audit.read(audit.log_of(sample.settings)).lines[:4]  # what commands recorded since then comes after
    assert [line["kind"] for line in lines] == ["run", "gate", "release", "run"]
    started, gate, release, ended = (line["facts"] for line in lines)
    assert started["run"] == ended["run"]
    assert ended["deliveries_new"] == len(list(sample.landing.glob("*/*/*")))
    assert {gate["release"], release["release"], ended["release"]} == {sample.current.resolve().name}
    assert (gate["outcome"], gate["blocked_by"], ended["outcome"]) == ("passed", [], "published")
    assert audit.judge(sample.settings).is_whole


def test_after_a_run_the_owner_alone_can_read_what_dbt_dagster_duckdb_and_great_expectations_wrote(
    sample: Home,
) -> None:
    home = sample.settings.home
    written = [
        path
        for path in [home, *home.rglob("*")]
        if not path.is_symlink() and sample.landing not in (path, *path.parents)
    ]
    assert len(written) > 500
    assert {str(path): oct(path.stat().st_mode) for path in written if path.stat().st_mode & 0o077} == {}


def test_a_run_that_dagster_starts_writes_for_the_owner_alone_and_mends_what_was_wider(home: Home) -> None:
    before = os.umask(0o022)
    wide = home.settings.state / "wide"
    wide.write_text("invented")
    try:
        with JobRun(home=str(home.settings.home)).yield_for_execution(dg.build_init_resource_context()):
            (home.settings.home / "logs" / "new").write_text("invented")
            (home.settings.home / "logs" / "folder").mkdir()
    finally:
        os.umask(before)
    modes = {
        name: (home.settings.home / name).stat().st_mode & 0o777 for name in ("state/wide", "logs/new", "logs/folder")
    }
    assert modes == {"state/wide": 0o600, "logs/new": 0o600, "logs/folder": 0o700}
