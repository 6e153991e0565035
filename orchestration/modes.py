"""Who may read the files of a home: each audience's group its own files of a release, the owner alone everything else.

Nothing is ever open to others. Folders on the way to a release can be passed by its readers; with one group they are that
group's, with several anybody may pass them, and nobody list them: a folder has one group only.
"""

import grp
import os
from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import Settings

MARTS = "marts"  # the audience of Parquet, manifest, report, quality and docs
FILE, FOLDER = 0o600, 0o700
GROUP_FILE, GROUP_FOLDER = 0o640, 0o750
PASSED = 0o711
HOME_OF_ONE_GROUP = 0o710


class FilesUnusable(Exception):
    """The groups of the audiences are not there, or a file's mode cannot be mended; the message says what to do."""


def groups_of(settings: Settings) -> dict[str, int]:
    """The group id of each audience that has one; raises FilesUnusable before any work."""
    found = {}
    for audience, name in settings.groups.items():
        if audience not in settings.audiences:
            known = ", ".join(settings.audiences)
            raise FilesUnusable(f"RAPPORT_GROUPS names the audience {audience}, which there is not: give {known}.")
        try:
            found[audience] = grp.getgrnam(name).gr_gid
        except KeyError:
            raise FilesUnusable(
                f"RAPPORT_GROUPS: there is no group {name} on this machine: make it, or correct the name."
            ) from None
        if os.geteuid() != 0 and found[audience] not in {os.getegid(), *os.getgroups()}:
            raise FilesUnusable(
                f"RAPPORT_GROUPS: this account is not in the group {name}, so it cannot give it files: add it."
            )
    return found


def mend(settings: Settings) -> None:
    """Set owner-only modes on the whole home, and the groups' on its releases. Landing is left as it came."""
    groups = groups_of(settings)
    _set(settings.home, *_way(groups, HOME_OF_ONE_GROUP))
    for path in settings.home.iterdir():
        if path == settings.releases:
            _set(path, *_way(groups, GROUP_FOLDER))
            for release in path.iterdir():
                _close(release) if release.name.startswith(".") else share(settings, release)
        elif path != settings.landing and path not in settings.landing.parents:
            _close(path, but=settings.key_file)  # a key that others could read is refused, not mended in silence


def share(settings: Settings, release: Path) -> None:
    """Give the files of a release to the groups of their audiences."""
    groups = groups_of(settings)
    if release.is_symlink():
        return
    _set(release, *_way(groups, GROUP_FOLDER))
    for path in _below(release):
        part = path.relative_to(release).parts[0]
        group = groups.get(part.removesuffix(".duckdb") if part.endswith(".duckdb") else MARTS)
        modes = (FOLDER, FILE) if group is None else (GROUP_FOLDER, GROUP_FILE)
        _set(path, modes[0] if path.is_dir() else modes[1], group)


def _way(groups: dict[str, int], mode_of_one: int) -> tuple[int, int | None]:
    """Mode and group of a folder that leads to the files of every group."""
    given = set(groups.values())
    if not given:
        return FOLDER, None
    return (mode_of_one, given.pop()) if len(given) == 1 else (PASSED, None)


def _close(path: Path, but: Path | None = None) -> None:
    for each in (path, *_below(path)):
        if each != but:
            _set(each, FOLDER if each.is_dir() else FILE, None)


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_symlink() and (path.is_dir() or path.is_file()))


def _set(path: Path, mode: int, group: int | None) -> None:
    """Mode and group of one path; without a group nobody else's bits are set, so that it says nothing whose it is."""
    try:
        if path.is_symlink():
            return
        found = path.stat()
        if group is not None and found.st_gid != group:
            os.chown(path, -1, group)
        if found.st_mode & 0o7777 != mode:
            path.chmod(mode)
    except FileNotFoundError:
        return  # what a process at work removed by itself
    except PermissionError:
        raise FilesUnusable(
            f"{path} belongs to another account, so its mode cannot be mended: give it to this one."
        ) from None
