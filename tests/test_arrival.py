"""Promise 5: the published rows follow from the deliveries, not from how or when they came."""

import random
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

import simulator
from tests.building import build
from tests.compare import differing_tables
from tests.conftest import Home

pytestmark = pytest.mark.warehouse
AS_OF = date(2026, 7, 1)


def deliver(home: Home, landing: Path, paths: Iterable[Path]) -> None:
    for path in paths:
        target = home.landing / path.relative_to(landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def finished(folder: Path) -> list[Path]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."]
    return sorted(paths, key=lambda path: (path.name[:16], path))


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("arrival") / "landing"
    simulator.write(hcps=120, days=300, seed=11, out=folder)
    return folder


@pytest.fixture(scope="module")
def at_once(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home.make(tmp_path_factory.mktemp("at_once") / "home")
    deliver(home, landing, finished(landing))
    return build(home, AS_OF)


def test_deliveries_that_are_split_shuffled_and_delivered_twice_give_the_same_rows(
    landing: Path, at_once: Path, home: Home
) -> None:
    chance = random.Random(5)
    for path in finished(landing):
        deliver(home, landing, [path])
        if path.suffix != ".csv" or path.read_bytes().count(b'"'):  # a quoted line break must not be cut in two
            continue
        target = home.landing / path.relative_to(landing)
        header, *lines = path.read_text().splitlines(keepends=True)
        keys_repeat = len({line.split(",", 1)[0] for line in lines}) < len(lines)
        if not keys_repeat:  # the order of rows matters only where a key comes twice in a file (ruling 3)
            chance.shuffle(lines)
        third = len(lines) if keys_repeat else len(lines) // 3 + 1
        target.unlink()
        for number, start in enumerate(range(0, len(lines), third or 1), start=1):
            for copy in ("", "_again"):
                part = target.with_name(f"{target.stem}_part{number}{copy}.csv")
                part.write_text(header + "".join(lines[start : start + third]))
    assert differing_tables(at_once, build(home, AS_OF)) == {}


def test_late_deliveries_and_those_fed_one_after_the_other_give_the_same_rows_as_all_at_once(
    landing: Path, at_once: Path, home: Home
) -> None:
    paths = finished(landing)
    third = len(paths) // 3
    deliver(home, landing, paths[third : 2 * third])
    build(home, AS_OF)
    deliver(home, landing, paths)  # the first third comes late, the last one in time
    assert differing_tables(at_once, build(home, AS_OF)) == {}
