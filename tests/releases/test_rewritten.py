"""Kept releases after an erasure: without the person's rows, whole at every moment, and still releases."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import releases
from erasure import releases as rewriting
from erasure.scan import Needles, Search
from releases.manifest import problems
from releases.publication import current, list_releases
from tests.releases.handmade import Handmade

Make = Callable[[], releases.Release]


class Killed(Exception):
    """The machine stops here."""


def column(release: releases.Release, table: str, name: str) -> list[str]:
    with duckdb.connect(str(release.folder / "marts.duckdb"), read_only=True) as connection:
        return [row[0] for row in connection.execute(f"select {name} from {table} where {name} is not null").fetchall()]


def pseudonyms(release: releases.Release) -> set[str]:
    """Those of one person: the key, and the ids of the touches."""
    key = column(release, "core.dim_hcps", "hcp_key")[0]
    with duckdb.connect(str(release.folder / "marts.duckdb"), read_only=True) as connection:
        rows = connection.execute("select touchpoint_id from core.fct_touchpoints where hcp_key = ?", [key]).fetchall()
    return {key, *(row[0] for row in rows)}


def forget(made: Handmade, theirs: set[str]) -> dict[str, int]:
    return rewriting.forget(made.settings, theirs, lambda release: None)


def found(made: Handmade, strings: set[str]) -> dict[Path, int]:
    search = Search()
    search.run([made.settings.releases], Needles(text.ljust(8) for text in strings))
    return search.hits


def test_no_kept_release_has_a_row_of_the_person_and_others_rows_stay(made: Handmade, published: Make) -> None:
    kept = [published(), published()]
    theirs = pseudonyms(kept[0])
    before = {release.release_id: column(release, "core.fct_touchpoints", "touchpoint_id") for release in kept}
    removed = forget(made, theirs)
    assert removed.keys() == before.keys() and min(removed.values()) > 1
    for release in list_releases(made.settings):
        after = column(release, "core.fct_touchpoints", "touchpoint_id")
        assert after == [each for each in before[release.release_id] if each not in theirs]
        assert not theirs & {*column(release, "core.dim_hcps", "hcp_key"), *after}
        parquet = release.folder / "parquet" / "core" / "fct_touchpoints.parquet"
        assert [row[0] for row in duckdb.execute(f"select touchpoint_id from '{parquet}'").fetchall()] == after


def test_no_byte_of_their_pseudonyms_is_left(made: Handmade, published: Make) -> None:
    theirs = pseudonyms(published())
    long = {text for text in theirs if len(text) >= 8}
    assert long and found(made, long)
    forget(made, theirs)
    assert found(made, long) == {}


def test_a_rewritten_release_is_sealed_again_and_says_so(made: Handmade, published: Make) -> None:
    release = published()
    rows = release.tables["core.fct_touchpoints"]["rows"]
    forget(made, pseudonyms(release))
    now = current(made.settings)
    (note,) = now.manifest["rewritten"]
    assert (now.release_id, problems(now)) == (release.release_id, [])
    assert (note["because"], now.tables["core.fct_touchpoints"]["rows"] < rows) == ("erasure", True)
    assert releases.verify(made.settings) == []


def test_rollback_and_diff_work_on_rewritten_releases(made: Handmade, published: Make) -> None:
    first, second = published(), published()
    forget(made, pseudonyms(first))
    differing = [each.table for each in releases.diff(*list_releases(made.settings)) if not each.is_same]
    assert differing in ([], ["governance.mart_data_quality"])
    assert releases.rollback(made.settings).release_id == first.release_id
    assert releases.rollback(made.settings, second.release_id).release_id == second.release_id


def test_a_release_without_the_person_is_left_as_it_is(made: Handmade, published: Make) -> None:
    release = published()
    before = release.manifest
    assert forget(made, {"a pseudonym of nobody"}) == {}
    assert current(made.settings).manifest == before


def test_killed_at_any_write_current_is_whole_and_the_next_call_completes(
    made: Handmade, published: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    published()
    release = published()
    theirs = pseudonyms(release)
    shutil.copytree(made.settings.releases, tmp_path / "before", symlinks=True)
    for kill_at in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610):
        shutil.rmtree(made.settings.releases)
        shutil.copytree(tmp_path / "before", made.settings.releases, symlinks=True)
        with monkeypatch.context() as patch:
            is_killed = killed_at(kill_at, patch)
            try:
                forget(made, theirs)
            except Killed:
                assert problems(current(made.settings)) == []
            if not is_killed():
                break
        forget(made, theirs)
        assert [problems(each) for each in list_releases(made.settings)] == [[], []]
        assert current(made.settings).release_id == release.release_id
        assert [path.name for path in made.settings.releases.glob(".*")] == []
        assert found(made, {text for text in theirs if len(text) >= 8}) == {}
    assert 20 < kill_at < 610


def killed_at(number: int, patch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """The write of that number does not happen any more; whether the time has come says the answer."""
    calls = 0

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == number:
                raise Killed
            return function(*arguments, **named)

        return call

    for module, name in (
        (shutil, "copytree"), (shutil, "rmtree"), (os, "rename"), (os, "replace"), (os, "symlink"), (os, "unlink"),
        (rewriting, "_copy_without"), (rewriting, "reseal"), (rewriting, "point_to"),
    ):  # fmt: skip
        patch.setattr(module, name, counted(getattr(module, name)))
    return lambda: calls >= number
