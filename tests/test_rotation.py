"""Rotation of the secret: killed anywhere, old key with old state or new key with new; nothing but the stewards' map knows both."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import releases
from deliveries import rotations
from orchestration import audit, rotation
from orchestration.lock import writer_lock
from orchestration.pseudonyms import KEYED_HASH, lend_key, make_key, read_key
from orchestration.rotation import STEPS, RotationImpossible, rotate, settle
from orchestration.settings import Settings
from tests.releases import handmade

# Each person and touch of the handmade home once more, as texts that a key was made of.
BUILD = """
    create schema if not exists restricted;
    create or replace table restricted.origins as
    with texts (key_kind, hashed_text) as (values ('hcp_key', 'veeva_crm|1'), ('hcp_key', 'sfmc|2'), ('touchpoint_id', 'touchpoint|r1')),
    plain as (select key_kind, {hash} as key, hashed_text, cast(null as text) as inner_key from texts)
    select * from plain
    union all
    select 'violation_id', {inner}, 'violation|' || key || '|CMP-02', key from plain where key_kind = 'touchpoint_id'
""".format(hash=KEYED_HASH.format(text="hashed_text"), inner=KEYED_HASH.format(text="'violation|' || key || '|CMP-02'"))
DIES = """
import os, signal, sys
from orchestration.rotation import rotate
from orchestration.settings import Settings
from tests.test_rotation import publish

def die(step):
    if step == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)

rotate(Settings.from_env(), lambda renewed: publish(renewed, die), die)
"""


def publish(settings: Settings, before: Callable[[str], None] = lambda step: None) -> None:
    """What the job leaves behind, made by hand: a working database and a release under the settings' key."""
    settings.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(Path(handmade.__file__).with_name("handmade.sql").read_text())
        lend_key(connection, read_key(settings.key_file))
        connection.execute(BUILD)
    manifest = json.loads(settings.manifest.read_text())
    manifest["nodes"]["origins"] = {
        "resource_type": "model", "schema": "restricted", "alias": "origins", "name": "origins", "fqn": ["rapport", "origins"],
        "config": {"meta": {"holds": rotation.HOLDS}}, "columns": {},
    }  # fmt: skip
    settings.manifest.write_text(json.dumps(manifest))
    folder = settings.releases / releases.candidate.new_release_id()
    folder.mkdir()
    shutil.copy(settings.warehouse, folder / "marts.duckdb")
    before("switch")
    releases.publication.point_to(settings.releases, folder.name)


@pytest.fixture
def built(tmp_path: Path) -> Settings:
    """A home whose second release is current."""
    settings = handmade.make(tmp_path / "home").settings
    make_key(settings.key_file)
    publish(settings)
    publish(settings)
    return settings


def keys(settings: Settings) -> dict[str, str]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return dict(
            connection.execute("select hashed_text, key from restricted.origins where inner_key is null").fetchall()
        )


def violation(settings: Settings) -> str:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return str(
            connection.execute("select key from restricted.origins where inner_key is not null").fetchall()[0][0]
        )


def map_of(settings: Settings) -> dict[str, str]:
    with duckdb.connect() as connection:
        query = f"select old_key, new_key from read_parquet('{rotations.path_of(settings.home)}')"
        return dict(connection.execute(query).fetchall())


def state(settings: Settings) -> dict[str, object]:
    """All that a rotation may change."""
    return {
        "key": settings.key_file.read_text(),
        "keys": keys(settings),
        "releases": sorted(path.name for path in settings.releases.glob("*")),
        "current": (settings.releases / "current").resolve().name,
        "map": map_of(settings) if rotations.path_of(settings.home).exists() else {},
        "secrets": sorted(path.name for path in settings.key_file.parent.iterdir()),
        "warehouse": sorted(path.name for path in settings.warehouse.parent.iterdir()),
    }


def assert_rotated(settings: Settings, before: dict[str, object]) -> None:
    after = state(settings)
    assert after["key"] != before["key"] and settings.key_file.stat().st_mode & 0o777 == 0o600
    assert set(keys(settings)) == set(before["keys"]) and not set(keys(settings).values()) & set(
        before["keys"].values()
    )
    assert after["releases"] == sorted(["current", str(after["current"])]) and after["current"] != before["current"]
    assert {old: new for old, new in map_of(settings).items() if old in before["keys"].values()} == {
        old: keys(settings)[text] for text, old in before["keys"].items()
    }
    assert (after["secrets"], after["warehouse"]) == (before["secrets"], before["warehouse"])
    assert not (settings.state / "rotation.json").exists()


def test_every_key_changes_and_the_map_leads_from_old_to_new(built: Settings) -> None:
    before, old_violation = state(built), violation(built)
    done = rotate(built, publish)
    assert_rotated(built, before)
    assert map_of(built)[old_violation] == violation(built), "a violation's key is made of its touch's"
    assert (done.release, done.keys, done.releases_removed) == (state(built)["current"], 4, 2)


def test_a_key_saved_before_two_rotations_leads_to_the_key_of_today(built: Settings) -> None:
    first, old_violation = keys(built), violation(built)
    rotate(built, publish)
    second = keys(built)
    rotate(built, publish)
    assert (
        {map_of(built)[old] for old in first.values()}
        == {map_of(built)[old] for old in second.values()}
        == set(keys(built).values())
    )
    assert map_of(built)[old_violation] == violation(built)


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_the_old_key_stands_with_the_old_state_or_the_new_with_the_new(
    step: str, built: Settings
) -> None:
    before = state(built)
    done = subprocess.run([sys.executable, "-c", DIES, step], env={**os.environ, **built.environment()}, check=False)
    assert done.returncode == -signal.SIGKILL
    with writer_lock(built.home) as said:
        pass
    if STEPS.index(step) <= STEPS.index("switch"):
        assert {**state(built), "map": {}} == before
        assert step == "begin" or "undone" in str(said)
        rotate(built, publish)
    else:
        assert "Renew the backup" in str(said)
    assert_rotated(built, before)
    assert settle(built.home) is None


def test_a_job_that_publishes_nothing_or_fails_leaves_the_old_key_and_state(built: Settings) -> None:
    before = state(built)

    def fails(renewed: Settings) -> None:
        renewed.warehouse.write_text("half a database")
        raise RuntimeError("the gate blocks")

    for job, error in ((fails, RuntimeError), (lambda renewed: None, RotationImpossible)):
        with pytest.raises(error):
            rotate(built, job)
        assert {**state(built), "map": {}} == before
    assert [line["facts"]["outcome"] for line in audit.read(audit.log_of(built)).lines] == ["undone", "undone"]


def test_a_working_database_of_another_secret_is_not_rotated(built: Settings) -> None:
    built.key_file.write_text("6a" * 32)
    before = state(built)
    with pytest.raises(RotationImpossible, match="not made by the present secret"):
        rotate(built, publish)
    assert state(built) == before


def test_without_a_working_database_there_is_nothing_to_rotate(built: Settings) -> None:
    built.warehouse.unlink()
    with pytest.raises(RotationImpossible, match="rapport run"):
        rotate(built, publish)


def test_an_erasure_under_way_is_completed_first(built: Settings) -> None:
    pending = built.state / "privacy" / "pending.json"
    pending.parent.mkdir()
    pending.write_text("{}")
    with pytest.raises(RotationImpossible, match="erasure"):
        rotate(built, publish)


def test_an_erased_person_leaves_the_map_by_an_old_key_or_a_new_one(built: Settings) -> None:
    before = keys(built)
    rotate(built, publish)
    one, other = sorted(before)[:2]
    assert rotations.forget(built.home, [before[one], keys(built)[other]]) == 2
    assert {before[one], before[other]} & set(map_of(built)) == set() and len(map_of(built)) == 2
    assert rotations.forget(built.home, [before[one]]) == 0


def test_the_old_secret_is_overwritten_before_its_file_goes(built: Settings) -> None:
    secret = built.key_file.read_bytes()
    other_name = built.home / "linked"
    os.link(built.key_file, other_name)
    rotate(built, publish)
    assert other_name.read_bytes() != secret and len(other_name.read_bytes()) == len(secret)


def test_the_operator_s_key_elsewhere_is_rotated_where_it_lies(built: Settings, tmp_path: Path) -> None:
    elsewhere = replace(built, key_file=tmp_path / "vault" / "own.key")
    elsewhere.key_file.parent.mkdir()
    shutil.move(built.key_file, elsewhere.key_file)
    before = elsewhere.key_file.read_text()
    rotate(elsewhere, publish)
    assert elsewhere.key_file.read_text() != before and [path.name for path in elsewhere.key_file.parent.iterdir()] == [
        "own.key"
    ]
