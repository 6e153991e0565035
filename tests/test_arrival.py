"""Promise 5: the published rows follow from the deliveries, not from how or when they came."""

import random
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

import simulator
from tests.compare import differing_tables
from tests.conftest import Home

pytestmark = pytest.mark.warehouse
AS_OF = "2026-07-01"


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("arrival") / "landing"
    simulator.write(hcps=120, days=300, seed=11, out=folder)
    return folder


@pytest.fixture(scope="module")
def at_once(deliveries: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home.make(tmp_path_factory.mktemp("at_once") / "home")
    shutil.copytree(deliveries, home.landing, dirs_exist_ok=True)
    home.run(AS_OF)
    return home.current.resolve() / "marts.duckdb"


def test_deliveries_that_are_split_shuffled_and_delivered_twice_give_the_same_rows(
    deliveries: Path, at_once: Path, home: Home
) -> None:
    chance = random.Random(5)
    for path in _finished(deliveries):
        target = home.landing / path.relative_to(deliveries)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix != ".csv" or path.read_bytes().count(b'"'):  # a quoted line break must not be cut in two
            shutil.copy(path, target)
            continue
        header, *lines = path.read_text().splitlines(keepends=True)
        keys_repeat = len({line.split(",", 1)[0] for line in lines}) < len(lines)
        if not keys_repeat:  # the order of rows matters only where a key comes twice in a file (ruling 3)
            chance.shuffle(lines)
        third = len(lines) // 3 + 1
        parts = [lines[i : i + third] for i in range(0, len(lines), third)] if not keys_repeat else [lines]
        for number, part in enumerate(parts, start=1):
            for copy in ("", "_again"):
                name = f"{target.stem}_part{number}{copy}.csv"
                (target.parent / name).write_text(header + "".join(part))
    home.run(AS_OF)
    assert differing_tables(at_once, home.current / "marts.duckdb") == {}


def test_deliveries_fed_day_by_day_give_the_same_rows_as_all_at_once(
    deliveries: Path, at_once: Path, home: Home
) -> None:
    paths = sorted(_finished(deliveries), key=lambda path: path.name[:16])
    cuts = [0, len(paths) // 2, len(paths) - len(paths) // 10, len(paths)]
    for start, end in pairwise(cuts):
        for path in paths[start:end]:
            target = home.landing / path.relative_to(deliveries)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        home.run(AS_OF)
    assert differing_tables(at_once, home.current / "marts.duckdb") == {}


def test_late_deliveries_in_reverse_order_give_the_same_rows(deliveries: Path, at_once: Path, home: Home) -> None:
    paths = sorted(_finished(deliveries), key=lambda path: path.name[:16], reverse=True)
    for half in (paths[: len(paths) // 2], paths[len(paths) // 2 :]):
        for path in half:
            target = home.landing / path.relative_to(deliveries)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        home.run(AS_OF)
    assert differing_tables(at_once, home.current / "marts.duckdb") == {}


def _finished(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]
