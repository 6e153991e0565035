"""No personal value leaves landing, raw, quarantine and the warehouse: not in a good run, not in any kind of failure."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import simulator
from orchestration.settings import PROJECT_DIR
from tests.canaries import Canaries, columns_of, found_in, plant
from tests.conftest import RAPPORT, Home
from tests.leaks import matches

pytestmark = pytest.mark.warehouse

KEPT_FROM_READERS = ("landing", "raw", "quarantine", "warehouse", "secrets")

BROKEN_MODEL = "models/staging/veeva_crm/stg_veeva_crm__accounts.sql"
BROKEN_RULE = """
id: {id}
title: A rule that blocks
theme: privacy
severity: critical
policy_reference: none
audits: [marts]
table: core.dim_hcps
failing: {failing}
example_breach: none
"""
BROKEN_RULES = {
    "TEST-NO-COLUMN": "select email from core.dim_hcps",
    "TEST-CAST": "select cast(hcp_key as integer) from core.dim_hcps",
    "TEST-BREACH": "select 1 from core.dim_hcps",
}


@dataclass(frozen=True)
class Planted:
    """A home full of canaries after a good run, and what the run said."""

    home: Home
    canaries: Canaries
    said: str

    def copy(self, folder: Path) -> "Planted":
        """The same home once more, to go wrong in."""
        return Planted(self.home.copy(folder), self.canaries, "")

    def leaks(self, said: str) -> list[tuple[str, str]]:
        """Where readers, logs, artefacts and terminals show a planted string."""
        folders = [path for path in self.home.settings.home.iterdir() if path.name not in KEPT_FROM_READERS]
        assert {folder.name for folder in folders} >= {"state", "logs", "releases"}
        told = [("the terminal", hit) for hit in found_in(self.canaries, said.encode())]
        return told + matches(lambda content: found_in(self.canaries, content), *folders)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    home = Home.make(tmp_path_factory.mktemp("canaries") / "home")
    simulator.write(hcps=200, days=60, seed=3, out=home.landing)
    canaries = plant(home.landing)
    done = home.rapport("run")
    assert done.returncode == 0, "the run with canaries must publish"
    return Planted(home, canaries, done.stdout + done.stderr)


def test_every_personal_column_of_every_feed_holds_a_canary(planted: Planted) -> None:
    assert len({value for value in planted.canaries.of.values() if "@" in value}) >= 200
    for (system, name), columns in columns_of("identifier").items():
        folder = planted.home.landing / system / name
        text = b"".join(path.read_bytes() for path in folder.iterdir())
        assert not columns or found_in(planted.canaries, text), (system, name)


def test_a_good_run_with_refusals_and_quarantine_leaks_nothing(planted: Planted) -> None:
    commands = [planted.home.rapport(*words) for words in (["status"], ["check"], ["verify"], ["releases"])]
    said = planted.said + "".join(done.stdout + done.stderr for done in commands)
    ((refused,),) = planted.home.query(
        "select count(*) from governance.mart_delivery_accounting where status like 'refused%'"
    )
    ((waiting,),) = planted.home.query("select sum(rows) from governance.mart_quarantine_reasons")
    assert int(str(refused)) > 50 and int(str(waiting)) > 100
    assert planted.leaks(said) == []
    raw = matches(lambda content: found_in(planted.canaries, content), planted.home.settings.home / "raw")
    assert len(raw) > 100, "the search itself must find what is there"


def run_changed_project(home: Home, folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the job from a copy of the project that has other files."""
    skip = shutil.ignore_patterns(".git", ".venv", "home", "__pycache__", ".*_cache", "tests")
    shutil.copytree(PROJECT_DIR, folder, ignore=skip)
    for file, content in files.items():
        (folder / file).write_text(content)
    environment = {**os.environ, **home.settings.environment(), "PYTHONPATH": str(folder)}
    environment |= {"DBT_PROJECT_DIR": str(folder), "DBT_PROFILES_DIR": str(folder)}
    command = [sys.executable, "-m", "orchestration.cli", "run"]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_a_failing_model_leaks_nothing_and_publishes_nothing(planted: Planted, tmp_path: Path) -> None:
    copy = planted.copy(tmp_path / "home")
    before = copy.home.current.resolve().name
    model = (PROJECT_DIR / BROKEN_MODEL).read_text()
    files = {
        BROKEN_MODEL: model.replace(
            "{{ normalised_email('PersonEmail') }}", "cast(cast(PersonEmail as integer) as text)"
        )
    }
    assert files[BROKEN_MODEL] != model
    broken = run_changed_project(copy.home, tmp_path / "project", files)
    assert broken.returncode != 0 and copy.home.current.resolve().name == before
    assert "stg_veeva_crm__accounts" in broken.stdout + broken.stderr
    assert copy.leaks(broken.stdout + broken.stderr) == []


def test_failing_and_erroring_rules_block_and_leak_nothing(planted: Planted, tmp_path: Path) -> None:
    copy = planted.copy(tmp_path / "home")
    before = copy.home.current.resolve().name
    files = {
        f"expectations/policy/{name.lower()}.yml": BROKEN_RULE.format(id=name, failing=failing)
        for name, failing in BROKEN_RULES.items()
    }
    blocked = run_changed_project(copy.home, tmp_path / "project", files)
    assert blocked.returncode != 0 and copy.home.current.resolve().name == before
    assert [name for name in BROKEN_RULES if name not in blocked.stdout + blocked.stderr] == []
    assert copy.leaks(blocked.stdout + blocked.stderr) == []


def test_a_run_that_is_killed_among_its_models_leaks_nothing(planted: Planted, tmp_path: Path) -> None:
    copy = planted.copy(tmp_path / "home")
    log = copy.home.settings.home / "logs" / "dbt.log"
    started, size = time.time(), log.stat().st_size
    environment = {**os.environ, **copy.home.settings.environment()}
    with (tmp_path / "said").open("wb") as said:
        run = subprocess.Popen(
            [str(RAPPORT), "run"], env=environment, cwd=PROJECT_DIR, stdout=said, stderr=said, start_new_session=True
        )
        while log.stat().st_size == size and run.poll() is None and time.time() < started + 300:
            time.sleep(0.5)
        time.sleep(5)
        assert run.poll() is None, "the run must still be at work"
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert copy.leaks((tmp_path / "said").read_text(errors="replace")) == []
