"""Homes for tests: each a folder of its own, and one built from a simulated sample that all tests share read-only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR, Settings

KEY = "5f" * 32  # an invented key, so that two homes of a test give the same pseudonyms
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A worker takes a file, or a named group, as a whole; those that build a warehouse come first, lest one ends alone."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
    items.sort(key=lambda item: not item.get_closest_marker("warehouse"))


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
