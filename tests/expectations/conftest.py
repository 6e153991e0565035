"""A handmade home, and its candidate: built once, copied for each test that spoils it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import releases
from orchestration.settings import Settings
from tests.releases import handmade


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = handmade.make(tmp_path_factory.mktemp("gate") / "home").settings
    releases.build_candidate(settings, handmade.AS_OF)
    return settings


@pytest.fixture
def settings(built: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(built.home, tmp_path / "home")
    return Settings.from_env({"RAPPORT_HOME": str(tmp_path / "home")}, dotenv=tmp_path / "no.env")


@pytest.fixture
def spoil(settings: Settings) -> Callable[[str, str], None]:
    """Run SQL on one file of the candidate, with the others beside it."""

    def run(sql: str, audience: str = "marts") -> None:
        with duckdb.connect() as connection:
            for path in releases.pending(settings).folder.glob("*.duckdb"):
                connection.execute(f"attach '{path}' as {path.stem}")
            connection.execute(f"use {audience}")
            connection.execute(sql)

    return run
