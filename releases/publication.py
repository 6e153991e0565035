"""Publication: a candidate becomes a release, and `current` points to it, in steps that may each be the last.

Killed before the move, the candidate is removed by the next run; killed before the switch, the new release stands
complete beside the old one, which stays current. The switch itself is one rename.
"""

from collections.abc import Callable
from pathlib import Path

from orchestration import audit, modes
from orchestration.durable import sync
from orchestration.settings import Settings
from releases import files
from releases.manifest import Release, ReleaseInvalid, problems, seal

CURRENT = "current"


def _check(candidate: Release, settings: Settings) -> None:
    gate = candidate.gate
    if not gate["is_passed"]:
        raise ReleaseInvalid(f"The gate blocked {candidate.release_id}: see {candidate.folder / files.QUALITY}.")
    if gate["files"] != files.data_hashes(candidate.folder):
        raise ReleaseInvalid(f"The files of {candidate.release_id} are not those that the gate audited: run again.")


def _seal(candidate: Release, settings: Settings) -> None:
    seal(candidate, audit.head_of(settings))


def _share(candidate: Release, settings: Settings) -> None:
    modes.share(settings, candidate.folder)


def _sync(candidate: Release, settings: Settings) -> None:
    for path in [*candidate.folder.rglob("*"), candidate.folder]:
        sync(path)


def _move(candidate: Release, settings: Settings) -> None:
    candidate.folder.rename(settings.releases / candidate.release_id)
    sync(settings.releases)


def _switch(candidate: Release, settings: Settings) -> None:
    point_to(settings.releases, candidate.release_id)


STEPS: dict[str, Callable[[Release, Settings], None]] = {
    "check": _check,
    "seal": _seal,
    "share": _share,
    "sync": _sync,
    "move": _move,
    "switch": _switch,
}


def point_to(releases: Path, release_id: str) -> None:
    """Make `current` a link to a release, in one step for every reader."""
    link = releases / f".{CURRENT}-{release_id}"
    link.unlink(missing_ok=True)
    link.symlink_to(release_id)
    link.replace(releases / CURRENT)
    sync(releases)


def publish(settings: Settings, candidate: Release, before_step: Callable[[str], None] = lambda step: None) -> Path:
    """Verify the gate's evidence, seal the candidate and make it the current release; return its folder."""
    for name, step in STEPS.items():
        before_step(name)
        step(candidate, settings)
    audit.record(settings, "release", release=candidate.release_id)
    return settings.releases / candidate.release_id


def list_releases(settings: Settings) -> list[Release]:
    """All releases, oldest first."""
    folders = [path for path in settings.releases.glob("*") if path.is_dir() and not path.is_symlink()]
    return [Release(path) for path in sorted(folders) if not path.name.startswith(".")]


def current(settings: Settings) -> Release:
    """The release that readers see."""
    link = settings.releases / CURRENT
    if not link.is_dir():
        raise ReleaseInvalid(f"No release is current in {settings.releases}: `rapport run` makes one.")
    return Release(link.resolve())


def find(settings: Settings, release_id: str | None) -> Release:
    """A release by its id; the current one without."""
    if not release_id or release_id == CURRENT:
        return current(settings)
    for release in list_releases(settings):
        if release.release_id == release_id:
            return release
    raise ReleaseInvalid(f"There is no release {release_id}: `rapport releases` lists them.")


def verify(settings: Settings, release_id: str | None = None) -> list[str]:
    """Hash every file of a release again and audit it again; the problems found, none if it is sound."""
    import expectations

    release = find(settings, release_id)
    found = problems(release) or expectations.reaudit(settings, release, expectations.load_rules()).reasons
    audit.record(settings, "verify", release=release.release_id, problems=len(found))
    return found


def judge_log(settings: Settings) -> audit.Judgement:
    """Whether the audit log is whole, by its chain and by what every release's manifest knows of it."""
    manifests = {release.release_id: release.manifest for release in list_releases(settings)}
    return audit.judge(settings, [(name, m["audit"]) for name, m in manifests.items() if "audit" in m])


def rollback(settings: Settings, release_id: str | None = None) -> Release:
    """Point `current` to an earlier release (without an id: the one before the current), after hashing its files."""
    if release_id:
        target = find(settings, release_id)
    else:
        now = current(settings).release_id
        earlier = [release for release in list_releases(settings) if release.release_id < now]
        if not earlier:
            raise ReleaseInvalid(f"No release is older than {now}: there is nothing to go back to.")
        target = earlier[-1]
    if broken := problems(target):
        raise ReleaseInvalid(f"Release {target.release_id} is damaged ({broken[0]}): choose another one.")
    point_to(settings.releases, target.release_id)
    audit.record(settings, "rollback", release=target.release_id)
    return target
