"""One person's erasure from request to receipt, and what is left when it is killed on the way."""

import json
from datetime import date
from pathlib import Path

import pytest

from deliveries.registry import load
from erasure import pending
from erasure.errors import ErasureIncomplete
from erasure.orders import STEPS, Erasure, receipts_of
from erasure.people import read_requests
from orchestration.lock import writer_lock
from orchestration.settings import PROJECT_DIR
from releases.manifest import problems
from releases.publication import list_releases
from tests.conftest import Home
from tests.erasure.conftest import AS_OF, KEPT, STRINGS, request
from tests.leaks import places_of

pytestmark = pytest.mark.warehouse


class Killed(Exception):
    """The machine stops here."""


def found(home: Home) -> list[tuple[str, str]]:
    return places_of(STRINGS, home.settings.home)


def quietly(stage: str, at: str) -> None:
    pass


def an_erasure(home: Home, monkeypatch: pytest.MonkeyPatch, *, kill_at: str = "", by_hand: bool = True) -> Erasure:
    """An erasure in this process. The models that tell who is who are as the last run built them."""

    def before(step: str) -> None:
        if step == kill_at:
            raise Killed

    monkeypatch.setattr(Erasure, "_build", lambda self, as_of: None)
    requests = read_requests(request(home)) if by_hand else None
    return Erasure(home.settings, load(PROJECT_DIR), requests, before)


@pytest.fixture(scope="module")
def removed(two_people: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The person is out, the receipt not yet written. Read it, never write into it."""
    home = two_people.copy(tmp_path_factory.mktemp("removed") / "home")
    with pytest.MonkeyPatch.context() as patch:
        an_erasure(home, patch).remove(date.fromisoformat(AS_OF), quietly)
    return home


@pytest.mark.parametrize("step", STEPS[: STEPS.index("build") + 1])
def test_killed_at_any_step_before_the_build_the_next_one_removes_everything(
    copied: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    kept = copied.query("select touchpoint_id from core.fct_touchpoints order by all")
    with pytest.raises(Killed):
        an_erasure(copied, monkeypatch, kill_at=step).remove(date.fromisoformat(AS_OF), quietly)
    is_noted = pending.path_of(copied.settings).exists()
    assert is_noted == (STEPS.index(step) > STEPS.index("note"))
    assert problems(list_releases(copied.settings)[0]) == []
    an_erasure(copied, monkeypatch, by_hand=not is_noted).remove(date.fromisoformat(AS_OF), quietly)
    assert found(copied) == []
    assert len(copied.query("select touchpoint_id from core.fct_touchpoints order by all")) < len(kept)


@pytest.mark.parametrize("step", STEPS[STEPS.index("build") + 1 :])
def test_killed_after_the_build_the_next_one_writes_the_one_receipt(
    removed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    home = removed.copy(tmp_path / "home")
    with pytest.raises(Killed):
        an_erasure(home, monkeypatch, kill_at=step, by_hand=False).complete(quietly)
    an_erasure(home, monkeypatch, by_hand=False).complete(quietly)
    assert not pending.path_of(home.settings).exists()
    assert len(receipts_of(home.settings)) == 1
    an_erasure(home, monkeypatch, by_hand=False).complete(quietly)
    assert len(receipts_of(home.settings)) == 1


def test_the_person_is_out_of_the_current_release_before_a_new_one_is_made(two_people: Home, removed: Home) -> None:
    assert removed.current.resolve().name == two_people.current.resolve().name
    assert removed.query("select count(*) from core.dim_hcps") == [(1,)]


def test_a_string_that_is_left_somewhere_keeps_the_order_open(copied: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    left = copied.settings.state / "somebody's.txt"
    left.write_text(f"about {STRINGS[1]}")
    an_erasure(copied, monkeypatch).remove(date.fromisoformat(AS_OF), quietly)
    with pytest.raises(ErasureIncomplete) as error:
        an_erasure(copied, monkeypatch, by_hand=False).complete(quietly)
    assert "state/somebody's.txt: " in str(error.value) and not [text for text in STRINGS if text in str(error.value)]
    assert pending.path_of(copied.settings).exists() and receipts_of(copied.settings) == []
    left.unlink()
    an_erasure(copied, monkeypatch, by_hand=False).remove(date.fromisoformat(AS_OF), quietly)
    assert found(copied) == []


def test_logs_and_artefacts_that_name_the_person_are_removed_and_only_pseudonyms_remembered(
    copied: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (copied.settings.home / "logs" / "old.log", copied.settings.dbt_target / "old.json"):
        path.write_text(f"said {STRINGS[2]}")
    an_erasure(copied, monkeypatch).remove(date.fromisoformat(AS_OF), quietly)
    assert found(copied) == []
    remembered = pending.path_of(copied.settings)
    assert remembered.stat().st_mode & 0o077 == 0
    assert [text for text in STRINGS if text in remembered.read_text()] == []


def test_a_request_about_nobody_leaves_a_tombstone_and_removes_no_row(
    copied: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copied.query("from core.fct_touchpoints order by all")
    file = request(copied, "email", "nobody.known@example.org", "nobody.known@example.org")
    monkeypatch.setattr(Erasure, "_build", lambda self, as_of: None)
    erasure = Erasure(copied.settings, load(PROJECT_DIR), read_requests(file))
    erasure.remove(date.fromisoformat(AS_OF), quietly)
    erasure.complete(quietly)
    (path,) = receipts_of(copied.settings)
    receipt = json.loads(path.read_text())
    assert (receipt["people"], receipt["requests_about_nobody"], sum(receipt["rows"].values())) == (0, 1, 0)
    assert "nobody.known" not in path.read_text() and len(receipt["requests"][0]) == 32
    assert copied.query("from core.fct_touchpoints order by all") == before


def test_while_a_run_holds_the_home_an_erasure_says_who(copied: Home) -> None:
    with writer_lock(copied.settings.home):
        done = copied.rapport("erase", "--requests", str(request(copied)))
    assert done.returncode == 1 and "is writing into" in done.stderr
    assert not pending.path_of(copied.settings).exists()


def test_a_file_that_is_no_list_of_requests_is_refused(copied: Home, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(f"name\n{STRINGS[1]}\n")
    done = copied.rapport("erase", "--requests", str(tmp_path / "other.csv"))
    assert done.returncode == 1 and STRINGS[1] not in done.stderr + done.stdout
    assert KEPT in (copied.landing / "veeva_crm/Account/20260301T000000Z.csv").read_text()
