"""The handmade home, new for each test, and releases made from it."""

from collections.abc import Callable
from pathlib import Path

import pytest

import expectations
import releases
from expectations.measures import Measure
from expectations.rules import load_rules
from tests.releases import handmade


@pytest.fixture
def made(tmp_path: Path) -> handmade.Handmade:
    return handmade.make(tmp_path / "home")


@pytest.fixture(autouse=True)
def quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations takes seconds a time and has its own tests in `tests/expectations`."""

    def judge(measures: list[Measure], run_name: str, folder: Path | None) -> dict[tuple[str, str], str]:
        if folder:
            folder.mkdir()
        return {(each.rule.id, each.audience): "failed" if each.rows_failing else "passed" for each in measures}

    monkeypatch.setattr("expectations.gate.judge", judge)


@pytest.fixture
def candidate(made: handmade.Handmade) -> releases.Release:
    return releases.build_candidate(made.settings, handmade.AS_OF)


@pytest.fixture
def audited(made: handmade.Handmade) -> Callable[[], releases.Release]:
    """Make a candidate that passed one rule of the gate."""

    def make() -> releases.Release:
        candidate = releases.build_candidate(made.settings, handmade.AS_OF)
        rules = [rule for rule in load_rules() if rule.id == "REL-01"]
        expectations.audit(made.settings, candidate, rules).raise_if_blocked()
        return candidate

    return make


@pytest.fixture
def published(made: handmade.Handmade, audited: Callable[[], releases.Release]) -> Callable[[], releases.Release]:
    """Make and publish a release."""

    def make() -> releases.Release:
        return releases.Release(releases.publish(made.settings, audited()))

    return make
