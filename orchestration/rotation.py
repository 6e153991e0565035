"""Rotation: another secret for the pseudonyms, everything built anew under it, and old-to-new kept for stewards.

The ordinary job builds and publishes under the new key, which lies beside the old one; the old working database stands
aside until then. The switch of `releases/current` decides: killed before it, the rotation is undone and the old key goes on
with the old state; killed after it, the rotation is ended. Either is done by whoever next takes the writer's lock.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import duckdb

from deliveries import rotations
from deliveries.storage import literal
from orchestration import audit
from orchestration.durable import sync, write_private
from orchestration.lock import lent_lock, writer_lock
from orchestration.pseudonyms import KEYED_HASH, destroy_key, lend_key, make_key, read_key
from orchestration.settings import Settings
from releases.candidate import remove_leftovers
from releases.publication import list_releases

HOLDS = "key_origins"  # config.meta.holds of the relation of all keys and the texts that they are hashed from
STEPS = ("begin", "key", "map", "aside", "job", "switch", "swap", "destroy", "releases", "end")
RENEWED = f"""
    create temp table renewed as
    with origins as (select distinct key_kind, key, hashed_text, inner_key from warehouse.{{origins}}),
    plain as (
        select key_kind, key as old_key, {KEYED_HASH.format(text="hashed_text")} as new_key
        from origins where inner_key is null
    )
    select * from plain
    union all
    select origins.key_kind, origins.key, {KEYED_HASH.format(text="replace(hashed_text, inner_key, plain.new_key)")}
    from origins inner join plain on origins.inner_key = plain.old_key
"""
# A key saved before an earlier rotation leads on to today's.
MAP = """
    select earlier.key_kind, earlier.old_key, renewed.new_key, earlier.rotated_at
    from read_parquet({earlier}) as earlier
    inner join renewed on earlier.key_kind = renewed.key_kind and earlier.new_key = renewed.old_key
    union all
    select key_kind, old_key, new_key, timestamp {at} from renewed
    order by all
"""


class RotationImpossible(Exception):
    """The key cannot be rotated now; nothing was changed, and the message says what to do first."""


@dataclass(frozen=True)
class Pending:
    """A rotation under way, as its file in `state/` remembers it. It holds paths and ids of releases."""

    home: str
    key_file: str
    current: str | None
    releases: list[str]

    @classmethod
    def of(cls, home: Path) -> Self | None:
        """The rotation under way in a home, if any."""
        try:
            return cls(**{**json.loads(_marker(home).read_text()), "home": str(home)})
        except FileNotFoundError:
            return None

    @property
    def settings(self) -> Settings:
        """The home's settings, as far as a rotation needs them."""
        home = Path(self.home)
        return Settings(home=home, landing=home / "landing", key_file=Path(self.key_file))

    @property
    def new_key(self) -> Path:
        """The secret to come."""
        return Path(f"{self.key_file}.new")

    @property
    def old_key(self) -> Path:
        """The secret that was, until it is destroyed."""
        return Path(f"{self.key_file}.old")

    @property
    def aside(self) -> Path:
        """Where the state under the old key waits."""
        return self.settings.warehouse.parent / "former"

    @property
    def is_decided(self) -> bool:
        """Whether readers already see a release under the new key."""
        return _current(self.settings) != self.current


@dataclass(frozen=True)
class Rotated:
    """What a rotation did."""

    release: str
    keys: int
    releases_removed: int


def rotate(
    settings: Settings, run_job: Callable[[Settings], None], before: Callable[[str], None] = lambda step: None
) -> Rotated:
    """Give every pseudonym of a home a new secret. `run_job` publishes a release under the settings it is given.

    The caller asked the operator: all earlier releases are removed, since they bear the old keys.
    """
    with writer_lock(settings.home):
        if (settings.state / "privacy" / "pending.json").exists():  # it searches for keys under the present secret
            raise RotationImpossible("An erasure is not complete: `rapport run` completes it, then rotate the key.")
        origins = _origins(settings)
        pending = Pending(str(settings.home), str(settings.key_file), _current(settings), _releases(settings))
        try:
            before("begin")
            write_private(_marker(settings.home), json.dumps(asdict(pending)))
            before("key")
            make_key(pending.new_key)
            before("map")
            keys = _remember(settings, pending, origins)
            before("aside")
            _move_database(settings.warehouse, pending.aside)
            before("job")
            with lent_lock(settings.home):
                run_job(replace(settings, key_file=pending.new_key))
            if not pending.is_decided:
                raise RotationImpossible("The job published nothing: the old key goes on with its releases.")
            _finish(pending, keys, before)
        except BaseException:
            if _marker(settings.home).exists():
                settle(settings.home)
            raise
        return Rotated(str(_current(settings)), keys, len(pending.releases))


def settle(home: Path) -> str | None:
    """End or undo what a killed rotation left; the caller holds the writer's lock. Gives the sentence to show, if any."""
    pending = Pending.of(home)
    if pending is None:
        return None
    if pending.is_decided:
        _finish(pending, None)
        return "A rotation of the key that was stopped has been ended: the new key is in place. Renew the backup of the key."
    _undo(pending)
    return (
        "A rotation of the key that was stopped has been undone: the old key goes on. `rapport rotate-key` begins anew."
    )


def _origins(settings: Settings) -> str:
    """The relation of keys and texts in the working database, after proof that the present key makes exactly these."""
    first = "run `rapport run` to a published release first, then rotate the key."
    if not settings.warehouse.is_file() or not settings.manifest.is_file():
        raise RotationImpossible(f"There is no working database in {settings.home}: {first}")
    nodes = json.loads(settings.manifest.read_text())["nodes"].values()
    names = [f"{n['schema']}.{n['alias']}" for n in nodes if n["config"]["meta"].get("holds") == HOLDS]
    with _database(settings.key_file, settings.warehouse) as connection:
        found = connection.execute(
            "select schema_name || '.' || name from (select schema_name, table_name as name, database_name from duckdb_tables()"
            " union all select schema_name, view_name, database_name from duckdb_views()) where database_name = 'warehouse'"
        ).fetchall()
        if len(names) != 1 or (names[0],) not in found:
            raise RotationImpossible(f"The working database was built by an older version: {first}")
        (others,) = connection.execute(
            f"select count(*) from warehouse.{names[0]} where key is distinct from {KEYED_HASH.format(text='hashed_text')}"
        ).fetchone() or (0,)
    if others:
        raise RotationImpossible(
            f"{others:,} keys of the working database were not made by the present secret: {first}"
        )
    return names[0]


@contextmanager
def _database(key_file: Path, warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that was lent a key, with the old working database attached by its own name, as its views need."""
    with duckdb.connect(config={"threads": 2, "temp_directory": str(warehouse.parent / "rotation.tmp")}) as connection:
        lend_key(connection, read_key(key_file))
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        yield connection


def _remember(settings: Settings, pending: Pending, origins: str) -> int:
    """Write old-to-new, under which closures and stewards find what they knew; returns the number of keys."""
    path = rotations.ensure(settings.home)
    pending.aside.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(path, pending.aside / "copy")
    (pending.aside / "copy").replace(pending.aside / path.name)
    with _database(pending.new_key, settings.warehouse) as connection:
        connection.execute(RENEWED.format(origins=origins))
        at = literal(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
        rotations.write(connection, MAP.format(earlier=literal(path), at=at), settings.home)
        (keys,) = connection.execute("select count(*) from renewed").fetchone() or (0,)
    return int(keys)


def _move_database(warehouse: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in (warehouse, warehouse.with_name(f"{warehouse.name}.wal")):
        if path.exists():
            path.replace(folder / path.name)
    sync(folder)
    sync(warehouse.parent)


def _undo(pending: Pending) -> None:
    """Back to the old key, its working database, its map and its releases."""
    settings = pending.settings
    former = pending.aside / settings.warehouse.name
    if former.exists():
        for path in settings.warehouse.parent.glob(f"{settings.warehouse.name}*"):
            path.unlink()
        for path in pending.aside.glob(f"{settings.warehouse.name}*"):
            path.replace(settings.warehouse.parent / path.name)
    path = rotations.path_of(settings.home)
    if (pending.aside / path.name).exists():
        (pending.aside / path.name).replace(path)
    for release in set(_releases(settings)) - set(pending.releases):
        shutil.rmtree(settings.releases / release)
    remove_leftovers(settings.releases)
    if pending.new_key.exists():
        destroy_key(pending.new_key)
    audit.record(settings, "rotation", outcome="undone", release=pending.current)
    _tidy(pending)


def _finish(pending: Pending, keys: int | None, before: Callable[[str], None] = lambda step: None) -> None:
    """The new key takes the old one's place; what bears old keys goes. Each step may be the last and be done again."""
    settings = pending.settings
    before("swap")
    if pending.new_key.exists():
        with suppress(FileExistsError):
            os.link(pending.key_file, pending.old_key)
        pending.new_key.replace(pending.key_file)
        sync(settings.key_file.parent)
    before("destroy")
    if pending.old_key.exists():
        destroy_key(pending.old_key)
    before("releases")
    for release in pending.releases:
        shutil.rmtree(settings.releases / release, ignore_errors=True)
    remove_leftovers(settings.releases)
    before("end")
    audit.record(
        settings,
        "rotation",
        outcome="done",
        release=_current(settings),
        keys=keys,
        releases_removed=len(pending.releases),
    )
    _tidy(pending)


def _tidy(pending: Pending) -> None:
    shutil.rmtree(pending.aside, ignore_errors=True)
    shutil.rmtree(pending.settings.warehouse.parent / "rotation.tmp", ignore_errors=True)
    _marker(pending.settings.home).unlink()


def _marker(home: Path) -> Path:
    return home / "state" / "rotation.json"


def _current(settings: Settings) -> str | None:
    link = settings.releases / "current"
    return link.resolve().name if link.exists() else None


def _releases(settings: Settings) -> list[str]:
    return [release.release_id for release in list_releases(settings)]
