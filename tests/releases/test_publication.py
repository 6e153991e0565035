"""Publication: whole or not at all, whatever dies when; and what can be done with releases afterwards."""

import grp
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

import releases
from orchestration import audit
from orchestration.settings import Settings
from releases.manifest import problems
from releases.publication import STEPS, current, point_to
from tests.releases import handmade
from tests.releases.handmade import Handmade

Make = Callable[[], releases.Release]
KILLED = """
import os, signal, sys
import releases
from orchestration import audit
from orchestration.settings import Settings
settings = Settings.from_env()
def die(step):
    if step == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
releases.publish(settings, releases.pending(settings), die)
die("end")
"""


def is_whole(settings: Settings) -> bool:
    folder = (settings.releases / "current").resolve()
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as connection:
        return connection.execute("select count(*) from core.fct_touchpoints").fetchone() == (8,)


def test_a_release_is_named_by_its_instant_and_the_current_one_by_a_link(made: Handmade, published: Make) -> None:
    release = published()
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", release.release_id)
    assert (made.settings.releases / "current").readlink().as_posix() == release.release_id
    assert is_whole(made.settings)
    assert not list(made.settings.releases.glob(".*"))


@pytest.mark.parametrize("step", [*STEPS, "end"])
def test_a_publication_killed_before_any_step_leaves_the_old_release_or_the_new_one(
    step: str, made: Handmade, audited: Make, published: Make
) -> None:
    old = published().release_id
    new = audited().release_id
    done = subprocess.run(
        [sys.executable, "-c", KILLED, step], env={**os.environ, **made.settings.environment()}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert (made.settings.releases / "current").resolve().name == (new if step == "end" else old)
    assert is_whole(made.settings)
    assert problems(current(made.settings)) == []


def test_the_run_after_a_killed_one_publishes_and_tidies_up(made: Handmade, audited: Make, published: Make) -> None:
    killed = audited()
    point_to(made.settings.releases, killed.release_id)
    (made.settings.releases / "current").rename(made.settings.releases / f".current-{killed.release_id}")
    newest = published().release_id
    assert (made.settings.releases / "current").resolve().name == newest
    assert not list(made.settings.releases.glob(".*"))
    assert releases.verify(made.settings) == []


def test_the_manifest_says_what_went_in_what_came_out_and_what_the_gate_found(published: Make) -> None:
    release = published()
    manifest = json.loads((release.folder / "manifest.json").read_text())
    assert manifest["release_id"] == release.release_id and manifest["as_of"] == "2026-01-01"
    assert manifest["engine"].startswith("duckdb ") and manifest["score_version"] == "1"
    assert len(manifest["deliveries"]) == 4 and manifest["gate"][0]["rule_id"] == "REL-01"
    assert set(manifest["tables"]) == set(handmade.GRAINS)
    for table in manifest["tables"].values():
        assert table["columns"] and re.fullmatch("[0-9a-f]{64}", table["schema_sha256"])
        assert table["sha256"] == manifest["files"][table["path"]]
    assert manifest["tables"]["governance.mart_data_quality"]["rows"] == 1
    found = {path.relative_to(release.folder).as_posix() for path in release.folder.rglob("*") if path.is_file()}
    assert found - {"manifest.json"} == set(manifest["files"])


def test_what_was_changed_after_the_gate_is_not_published(made: Handmade, audited: Make) -> None:
    candidate = audited()
    with duckdb.connect(str(candidate.folder / "marts.duckdb")) as connection:
        connection.execute("delete from core.dim_hcps")
    with pytest.raises(releases.ReleaseInvalid, match="audited"):
        releases.publish(made.settings, candidate)


def test_what_never_saw_the_gate_is_not_published(made: Handmade, candidate: releases.Release) -> None:
    with pytest.raises(releases.ReleaseInvalid, match="gate"):
        releases.publish(made.settings, candidate)


@pytest.mark.parametrize("damage", ["change", "remove", "add"])
def test_verify_finds_what_was_changed_removed_or_added(damage: str, made: Handmade, published: Make) -> None:
    path = published().folder / "parquet" / "core" / "dim_hcps.parquet"
    if damage == "change":
        path.write_bytes(path.read_bytes() + b"x")
    elif damage == "remove":
        path.unlink()
    else:
        path.with_name("more.parquet").write_bytes(b"")
    (problem,) = releases.verify(made.settings)
    assert "parquet/core/" in problem


def test_verify_audits_again_with_every_rule(made: Handmade, published: Make) -> None:
    made.execute("update core.fct_touchpoints set channel = 'carrier_pigeon' where touchpoint_id = md5('t1')")
    published()  # its gate looked at one rule only
    problems = releases.verify(made.settings)
    assert [problem.split(",")[0] for problem in problems] == ["REL-05", "REL-13"]


def test_rollback_goes_one_release_back_or_to_a_named_one(made: Handmade, published: Make) -> None:
    names = [published().release_id]
    while len(names) < 3:
        names.append(published().release_id)
    names.sort()
    releases.rollback(made.settings, names[2])
    assert releases.rollback(made.settings).release_id == names[1]
    assert (made.settings.releases / "current").resolve().name == names[1]
    assert releases.rollback(made.settings, names[2]).release_id == names[2]
    assert [release.release_id for release in releases.list_releases(made.settings)] == names
    releases.rollback(made.settings, names[0])
    with pytest.raises(releases.ReleaseInvalid, match="nothing to go back to"):
        releases.rollback(made.settings)
    with pytest.raises(releases.ReleaseInvalid, match="no release"):
        releases.rollback(made.settings, "20200101T000000Z-00000000")


def test_rollback_refuses_a_damaged_release(made: Handmade, published: Make) -> None:
    first = published()
    second = published()
    (first.folder / "commercial.duckdb").unlink()
    with pytest.raises(releases.ReleaseInvalid, match="damaged"):
        releases.rollback(made.settings, first.release_id)
    assert (made.settings.releases / "current").resolve().name == second.release_id


def test_an_open_reader_keeps_its_release_while_another_is_published(made: Handmade, published: Make) -> None:
    first = published()
    with duckdb.connect(str(made.settings.releases / "current" / "marts.duckdb"), read_only=True) as reader:
        made.execute("delete from core.fct_touchpoints")
        published()
        assert reader.execute("select count(*) from core.fct_touchpoints").fetchone() == (8,)
    assert first.folder.is_dir()


def test_diff_counts_rows_by_grain_and_names_columns(made: Handmade, published: Make) -> None:
    before = published()
    made.execute("update core.dim_hcps set region = 'CA' where hcp_key = md5('hcp 1')")
    made.execute("delete from core.fct_touchpoints where touchpoint_id = md5('t1')")
    made.execute("insert into core.bridge_hcp_aliases values (md5('hcp 7'), md5('hcp 1'), timestamp '2025-03-01')")
    made.execute("alter table core.fct_consents alter valid_to_at type date")
    after = published()
    found = {each.table: each for each in releases.diff(before, after)}
    dim_hcps = found["core.dim_hcps"]
    assert (dim_hcps.rows_added, dim_hcps.rows_removed, dim_hcps.rows_changed) == (0, 0, 1)
    touches = found["core.fct_touchpoints"]
    assert (touches.rows_before, touches.rows_after, touches.rows_removed) == (8, 7, 1)
    assert found["core.bridge_hcp_aliases"].rows_added == 1
    assert found["core.fct_consents"].columns_retyped == ("valid_to_at",)
    assert found["core.fct_transfers_of_value"].is_same


def test_gate_release_verification_and_rollback_stand_in_the_audit_log(made: Handmade, published: Make) -> None:
    first, second = published().release_id, published().release_id
    releases.verify(made.settings)
    releases.rollback(made.settings)
    lines = audit.read(audit.log_of(made.settings)).lines
    assert [(line["kind"], line["facts"]["release"]) for line in lines] == [
        ("gate", first), ("release", first), ("gate", second), ("release", second), ("verify", second), ("rollback", first),
    ]  # fmt: skip
    assert releases.judge_log(made.settings).is_whole


def test_a_manifest_knows_how_far_the_audit_log_had_come(made: Handmade, published: Make) -> None:
    release = published()
    path = audit.log_of(made.settings)
    for file in (path, path.with_suffix(".head")):
        file.unlink()
    found = releases.judge_log(made.settings)
    assert not found.is_whole and release.release_id in found.words


def test_a_release_has_its_groups_before_anybody_can_see_it(
    made: Handmade, audited: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = grp.struct_group(("rapport_sales", "x", os.getegid(), []))
    monkeypatch.setattr("orchestration.modes.grp.getgrnam", lambda name: ours)
    seen: dict[str, int] = {}

    def look(step: str) -> None:
        if step == "move":
            files = [path for path in candidate.folder.rglob("*") if path.is_file()]
            seen.update({path.name: path.stat().st_mode & 0o777 for path in files})

    candidate = audited()
    releases.publish(replace(made.settings, groups={"commercial": "rapport_sales"}), candidate, look)
    assert seen.pop("commercial.duckdb") == 0o640
    assert set(seen.values()) == {0o600}
