"""Every trap of docs/traps.md, as rows in and rows out (tests/traps/fixtures.py says how a fixture reads)."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from orchestration.settings import PROJECT_DIR
from tests.building import build
from tests.conftest import Home
from tests.traps.fixtures import Trap, traps

TRAPS = traps()
AS_OF = date(2026, 7, 1)
LISTED = re.compile(r"^\| (?P<id>[A-Z]{3}-\d\d) \|(?P<words>.*)\|$", re.MULTILINE)
NO_DELIVERY = "No delivery shows it:"


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The warehouse of a world, built when first asked for."""

    @cache
    def warehouse(world: str) -> Path:
        home = Home.make(tmp_path_factory.mktemp(world) / "home")
        feeds: dict[str, dict[str, object]] = {}
        for trap in TRAPS:
            if trap.world == world:
                trap.deliver(home)
                for system, objects in trap.content.get("feeds", {}).items():
                    feeds.setdefault(system, {}).update(objects)
        (home.settings.home / "feeds.yml").write_text(yaml.safe_dump(feeds))
        return build(home, AS_OF)

    return warehouse


@pytest.mark.warehouse
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.id)
def test_trap(trap: Trap, worlds: Callable[[str], Path]) -> None:
    for asked, expected, actual in trap.outcomes(worlds(trap.world)):
        assert actual == expected, asked


def test_every_listed_trap_has_a_fixture_or_says_why_no_delivery_can_show_it() -> None:
    listed = {m["id"]: m["words"] for m in LISTED.finditer((PROJECT_DIR / "docs" / "traps.md").read_text())}
    shown = {trap.id for trap in TRAPS}
    missing = {trap_id for trap_id, words in listed.items() if NO_DELIVERY not in words} - shown
    assert missing == set()
    assert shown <= set(listed), "fixtures of traps that docs/traps.md does not list"
