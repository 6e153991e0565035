"""Who may read what: each audience's group its files of a release, the owner alone everything else, others nothing."""

import grp
import os
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration import modes
from orchestration.modes import FilesUnusable
from orchestration.settings import Settings
from tests.conftest import Home

HELD = [
    "raw/veeva_crm/Account/20260101T000000Z.csv.parquet", "raw/rapport/deliveries/deliveries.parquet", "quarantine/waiting.parquet",
    "warehouse/warehouse.duckdb", "state/audit.jsonl", "state/dagster/storage/log.db", "logs/dbt.log", "feeds.yml",
    "releases/.candidate-20260102T000000Z-0123abcd/marts.duckdb",
]  # fmt: skip
SHOWN = {
    "marts.duckdb": "marts", "commercial.duckdb": "commercial", "manifest.json": "marts", "parquet/core/dim_hcps.parquet": "marts",
    "quality/index.html": "marts", "report/index.html": "marts", "docs/index.html": "marts",
}  # fmt: skip
RELEASE = "releases/20260101T000000Z-0123abcd"


@pytest.fixture
def wide(home: Home) -> Settings:
    """A home of an older version, started without a umask: all may read everything."""
    for name in [*HELD, *(f"{RELEASE}/{name}" for name in SHOWN)]:
        path = home.settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("invented")
    (home.settings.releases / "current").symlink_to(Path(RELEASE).name)
    for path in [home.settings.home, *home.settings.home.rglob("*")]:
        if not path.is_symlink() and path != home.settings.key_file:
            path.chmod(0o777 if path.is_dir() else 0o666)
    return home.settings


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Two groups that this machine is said to have; their ids are of this account, so that it may give files to them."""
    ids = {"rapport_medical": os.getegid(), "rapport_sales": 4711 if os.geteuid() == 0 else os.getgroups()[-1]}

    def getgrnam(name: str) -> grp.struct_group:
        return grp.struct_group((name, "x", ids[name], []))

    monkeypatch.setattr("orchestration.modes.grp.getgrnam", getgrnam)
    return ids


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def ours(settings: Settings) -> list[Path]:
    found = [settings.home, *settings.home.rglob("*")]
    return [path for path in found if not path.is_symlink() and settings.landing not in (path, *path.parents)]


def test_without_groups_the_owner_alone_reads_a_home_however_it_was_before(wide: Settings) -> None:
    modes.mend(wide)
    assert {path: oct(mode(path)) for path in ours(wide) if mode(path) != (0o700 if path.is_dir() else 0o600)} == {}


def test_each_group_reads_the_files_of_its_audience_and_can_reach_them(wide: Settings, groups: dict[str, int]) -> None:
    shared = replace(wide, groups={"marts": "rapport_medical", "commercial": "rapport_sales"})
    modes.mend(shared)
    for name, audience in SHOWN.items():
        path = shared.home / RELEASE / name
        assert (mode(path), path.stat().st_gid) == (0o640, groups[shared.groups[audience]]), name
        assert all(
            mode(folder) in (0o711, 0o750) for folder in path.parents if shared.home in (folder, *folder.parents)
        )
    assert {path.name: oct(mode(path)) for path in map(shared.home.joinpath, HELD) if mode(path) != 0o600} == {}
    assert [path for path in ours(shared) if path.is_file() and mode(path) & 0o007] == []
    assert [path for path in ours(shared) if path.is_dir() and mode(path) & 0o006] == []


def test_one_group_reads_its_files_and_nobody_else_passes_a_folder(wide: Settings, groups: dict[str, int]) -> None:
    shared = replace(wide, groups={"commercial": "rapport_sales"})
    modes.mend(shared)
    release = shared.home / RELEASE
    assert [mode(path) for path in (shared.home, shared.releases, release)] == [0o710, 0o750, 0o750]
    assert {path.stat().st_gid for path in (shared.home, shared.releases, release)} == {groups["rapport_sales"]}
    assert [name for name in SHOWN if mode(release / name) != 0o600] == ["commercial.duckdb"]
    modes.mend(wide)
    assert [mode(path) for path in (shared.home, shared.releases, release / "commercial.duckdb")] == [
        0o700,
        0o700,
        0o600,
    ]


def test_deliveries_keep_the_modes_that_their_sender_gave_them(wide: Settings) -> None:
    delivered = wide.landing / "veeva_crm" / "Account" / "20260101T000000Z.csv"
    delivered.parent.mkdir(parents=True)
    delivered.write_text("Id\n")
    delivered.chmod(0o664)
    modes.mend(wide)
    assert mode(delivered) == 0o664


def test_a_key_that_others_could_read_is_not_mended_in_silence(wide: Settings) -> None:
    wide.key_file.chmod(0o644)
    modes.mend(wide)
    assert mode(wide.key_file) == 0o644


@pytest.mark.parametrize(
    ("groups", "words"), [("marts=no_such_group_here", "no group no_such_group_here"), ("sales=root", "audience sales")]
)
def test_a_group_or_audience_that_is_not_there_is_said_before_any_work(groups: str, words: str, home: Home) -> None:
    for command in (["run"], ["rotate-key", "--yes"], ["init"]):
        done = home.rapport(*command, RAPPORT_GROUPS=groups)
        assert done.returncode == 1 and words in done.stderr, command
        assert done.stderr.count("\n") <= 2
    assert not (home.settings.state / "audit.jsonl").exists()


def test_an_account_outside_the_group_is_told_so(
    wide: Settings, groups: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.modes.os.geteuid", lambda: 1000)
    monkeypatch.setattr("orchestration.modes.os.getegid", lambda: 1000)
    monkeypatch.setattr("orchestration.modes.os.getgroups", lambda: [1000])
    with pytest.raises(FilesUnusable, match="not in the group rapport_medical"):
        modes.mend(replace(wide, groups={"marts": "rapport_medical"}))
