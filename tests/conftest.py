"""Homes for tests: each a folder of its own, and one built from a simulated sample that all tests share read-only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR, Settings

KEY = "5f" * 32  # an invented key, so that two homes of a test give the same pseudonyms
# The files whose tests read the simulated sample below.
ON_SAMPLE = {
    *(
        f"tests/test_{name}.py"
        for name in ("dbt", "free_text", "key_change", "machines", "meetings", "on24", "publishing")
    ),
    "tests/consents/test_year.py",
    "tests/erasure/test_people.py",
}
RAPPORT = Path(sys.executable).with_name("rapport")


@dataclass(frozen=True)
class Home:
    """A home with its own landing folder, and the command line to work on it."""

    settings: Settings

    @classmethod
    def make(cls, folder: Path, **variables: str) -> "Home":
        settings = Settings.from_env({"RAPPORT_HOME": str(folder), **variables}, dotenv=folder / "no.env")
        settings.prepare()
        settings.landing.mkdir(exist_ok=True)
        settings.key_file.write_text(KEY)
        settings.key_file.chmod(0o600)
        return cls(settings)

    @property
    def landing(self) -> Path:
        return self.settings.landing

    @property
    def current(self) -> Path:
        return self.settings.releases / "current"

    def deliver(self, system: str, name: str, delivery: str, content: str | bytes) -> Path:
        path = self.landing / system / name / delivery
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def rapport(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.settings.environment(), "COLUMNS": "200", **variables}
        return subprocess.run(
            [str(RAPPORT), *arguments], env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
        )

    def run(self, as_of: str | None = None) -> subprocess.CompletedProcess[str]:
        done = self.rapport("run", *(["--as-of", as_of] if as_of else []))
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def query(self, sql: str, database: str = "marts.duckdb") -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.current / database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def copy(self, folder: Path) -> "Home":
        shutil.copytree(self.settings.home, folder, symlinks=True)
        return Home.make(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, lest a worker ends alone: the sample, then whatever else builds a warehouse."""
    items.sort(key=lambda item: (item.nodeid.split("::")[0] not in ON_SAMPLE, not item.get_closest_marker("warehouse")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker takes a file as a whole, and all files on the sample as one: only that worker builds it."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return "sample" if file in ON_SAMPLE else file

    return Scheduling(config, log)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home.make(tmp_path / "home")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A simulated sample, run once to a published release. Read it, never write into it."""
    import simulator

    folder = tmp_path_factory.mktemp("sample")
    built = Home.make(folder / "home")
    simulator.write(hcps=300, days=400, seed=7, out=built.landing, truth=folder / "truth")
    built.run()
    yield built
