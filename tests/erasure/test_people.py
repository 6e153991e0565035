"""Twenty people erased from a simulated sample, half of them by the feed of requests: nothing of them is left, nobody else
changes, and old files change nothing.

What to look for is read from the landing files by plain Python, and the search is not the one that the erasure relies on.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import releases
from deliveries.registry import load
from erasure import pending
from erasure.orders import open_requests, receipts_of
from orchestration.settings import PROJECT_DIR, default_as_of
from studies.erasure import Chosen, choose, deliver_again, keys_of, others_changed
from tests.building import build
from tests.conftest import Home
from tests.leaks import places_of

pytestmark = pytest.mark.warehouse

PEOPLE = 20


@dataclass(frozen=True)
class Erased:
    home: Home
    chosen: Chosen
    keys: list[str]
    printed: str

    @property
    def receipt(self) -> dict[str, Any]:
        (path,) = receipts_of(self.home.settings)
        found: dict[str, Any] = json.loads(path.read_text())
        return found


@pytest.fixture(scope="module")
def erased(sample: Home, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    folder = tmp_path_factory.mktemp("erased")
    home = sample.copy(folder / "home")
    chosen = choose(sample.settings, PEOPLE, seed=3)
    header, *lines = chosen.requests(folder / "requests.csv").read_text().splitlines(keepends=True)
    by_feed = "".join(f"{line.rstrip()}2026-06-30T00:00:00Z\n" for line in lines[: PEOPLE // 2])
    home.deliver("privacy", "erasure_requests", "20260630T235959Z.csv", header + by_feed)
    (folder / "requests.csv").write_text("".join([header, *lines[PEOPLE // 2 :]]))
    done = home.rapport("erase", "--requests", str(folder / "requests.csv"))
    assert done.returncode == 0, done.stdout + done.stderr
    return Erased(home, chosen, keys_of(sample.settings, chosen.accounts), done.stdout)


def test_no_file_of_the_home_holds_a_string_of_theirs(sample: Home, erased: Erased) -> None:
    strings = {*erased.chosen.strings, *erased.keys}
    assert len(erased.keys) >= PEOPLE and len(erased.chosen.strings) > 2 * PEOPLE
    assert places_of(sorted(erased.chosen.strings)[:3], sample.landing), "the search itself must find what is there"
    short = [
        account[:15] for account in erased.chosen.accounts
    ]  # in its case: another's differs from it in nothing else
    assert places_of(strings, erased.home.settings.home, cased=short) == []


def test_everybody_elses_rows_are_what_they_were(sample: Home, erased: Erased) -> None:
    assert others_changed(sample.current, erased.home.current, erased.keys) == {}


def test_the_receipt_counts_and_the_terminal_says_how_long_it_took(erased: Erased) -> None:
    (path,) = receipts_of(erased.home.settings)
    receipt = erased.receipt
    assert (receipt["people"], receipt["hits"], len(receipt["requests"])) == (PEOPLE, 0, PEOPLE)
    assert receipt["files_searched"] > 500 and receipt["seconds"] > 0 and receipt["tombstones"] > PEOPLE
    assert receipt["release_id"] == erased.home.current.resolve().name
    assert path.stat().st_mode & 0o077 == 0 and not pending.path_of(erased.home.settings).exists()
    assert open_requests(erased.home.settings, load(PROJECT_DIR)) == 0
    assert "Seconds" in erased.printed and str(path) in erased.printed
    assert [text for text in {*erased.chosen.strings, *erased.keys} if text in path.read_text() + erased.printed] == []


def test_the_receipt_says_how_many_open_safety_cases_went_with_them(sample: Home, erased: Erased) -> None:
    open_cases = "select candidate_id from restricted.mart_safety_candidates where kind = 'adverse_event' and forwarded_at is null"
    waiting = []
    for home in (sample, erased.home):
        with duckdb.connect(str(home.settings.warehouse), read_only=True) as warehouse:
            waiting.append(set(warehouse.execute(open_cases).fetchall()))
    assert waiting[1] < waiting[0]
    assert erased.receipt["safety_cases_gone_unforwarded"] == len(waiting[0] - waiting[1])


def test_kept_releases_stay_and_can_be_verified(sample: Home, erased: Erased) -> None:
    kept = sample.current.resolve().name
    assert kept in erased.home.rapport("releases").stdout
    done = erased.home.rapport("verify", kept)
    assert done.returncode == 0, done.stdout + done.stderr


def test_old_files_delivered_again_bring_nobody_back(sample: Home, erased: Erased, tmp_path: Path) -> None:
    home = erased.home.copy(tmp_path / "home")
    deliver_again(sample.landing, home.landing)
    as_of = default_as_of(home.landing, date.today())
    build(home, as_of)
    candidate = releases.build_candidate(home.settings, as_of)
    kept = [path for path in home.settings.home.iterdir() if path != home.landing]
    assert places_of({*erased.chosen.strings, *erased.keys}, *kept) == []
    assert others_changed(sample.current, candidate.folder, erased.keys) == {}
