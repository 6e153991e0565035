"""An erasure from the request to the receipt: the one way through the house, for requests of a file and of the feed.

It has two halves, because a release lies between them. `remove` takes people out of all that the home holds, before models
are built; the job then builds and publishes without them; `complete` searches every file and writes the receipt. Each
step may be the last before a crash: the next run or erasure goes on from `pending`.
"""

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from deliveries import raw, rotations, tombstones
from deliveries.registry import Registry
from deliveries.storage import literal
from erasure import pending, people
from erasure.deliveries import purge
from erasure.errors import ErasureIncomplete, PersonAmbiguous
from erasure.pending import INSTANT, Pending
from erasure.people import Person, Request
from erasure.releases import forget
from erasure.scan import Needles, Search, short_ids
from erasure.strings import within_names_of_others
from erasure.warehouse import EMPTY as WHO_IS_WHO
from erasure.warehouse import known_people
from orchestration import audit
from orchestration.durable import write_private
from orchestration.settings import DBT, PROJECT_DIR, ProjectInvalid, Settings
from releases.candidate import remove_leftovers
from releases.publication import current

FEED = ("privacy", "erasure_requests")
HOLDS = "erasure_requests"  # config.meta.holds of the model with the feed's requests
KNOWN_FROM = tuple(f"+config.meta.holds:{held}" for held in (HOLDS, *WHO_IS_WHO))
STEPS = ("find", "note", "purge", "releases", "warehouse", "search", "build", "search again", "receipt", "end")

Progress = Callable[[str, str], None]  # (stage, what it is at)


class Erasure:
    """The erasure of one run: what is asked for, and what it still knows of the people between its two halves."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        requests: Iterable[Request] | None = None,
        before_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.settings, self.registry, self.before_step = settings, registry, before_step
        self.requests, self.is_by_hand = list(requests or ()), requests is not None
        self._strings: frozenset[str] = frozenset()
        self._search = Search()

    def remove(self, as_of: date, progress: Progress) -> None:
        """Take everybody whose erasure is asked for out of the home's data. The caller has received the deliveries."""
        settings, order = self.settings, Pending.of(self.settings)
        if self.is_by_hand or open_requests(settings, self.registry):
            self._at("find", progress)
            self._build(as_of)
            found = self._find()
            if found or self.is_by_hand:  # an empty list carries out what vendors signal themselves (ruling 47)
                order = order or Pending.new()
                order.is_removed = False
                order.open_cases += sorted(_open_cases(settings))
                order.people += pending.named(settings, found)
        if order is None or order.is_removed:
            return
        self._at("note", progress)
        order.save(settings)
        self._strings = order.strings
        self._at("purge", progress)
        order.rows += purge(settings, self.registry, order.people, progress)
        order.save(settings)
        self._at("releases", progress)
        rewritten = forget(settings, order.pseudonyms, lambda release: progress("erasure", f"release {release}"))
        order.rows += Counter({f"release {release}": rows for release, rows in rewritten.items()})
        order.rows["old keys"] += rotations.forget(settings.home, order.pseudonyms)
        order.save(settings)
        self._at("warehouse", progress)
        _drop_what_is_built(settings)
        self._at("search", progress)
        if not self._search_everything(order, progress, self._strings):
            order.end_removal()
            order.save(settings)
        self._at("build", progress)

    def complete(self, progress: Progress) -> None:
        """Search what the job has written since, and write the receipt; nothing where no erasure is under way."""
        order = Pending.of(self.settings)
        if order is None:
            return
        self._at("search again", progress)
        # Models put together first and last name of who stays: the same name as somebody's who went, as it may turn out only now.
        theirs = self._strings | order.strings
        with known_people(self.settings, self.registry) as known:
            staying = within_names_of_others(known, map(str.lower, theirs))
        if hits := self._search_everything(order, progress, {text for text in theirs if text.lower() not in staying}):
            raise ErasureIncomplete(_places(self.settings, hits))
        self._at("receipt", progress)
        receipt = self._receipt(order)
        name = re.sub("[-:]", "", order.began_at)  # written again after a kill, it is the same file
        write_private(
            pending.folder_of(self.settings) / "receipts" / f"{name}.json", f"{json.dumps(receipt, indent=2)}\n"
        )
        audit.record(
            self.settings, "erasure", requests=receipt["requests"], people=receipt["people"], receipt=name,
            release=receipt["release_id"], files_searched=receipt["files_searched"], hits=0,
        )  # fmt: skip
        self._at("end", progress)
        pending.path_of(self.settings).unlink()

    def _at(self, step: str, progress: Progress) -> None:
        progress("erasure", step)
        self.before_step(step)

    def _build(self, as_of: date) -> None:
        """The models that tell who is who, from what was just received, so that the newest ids are known."""
        variables = json.dumps(self.settings.dbt_vars(as_of))
        kinds = ["--resource-type", "seed", "--resource-type", "model"]
        done = subprocess.run(
            [DBT, "build", "--quiet", *kinds, "--select", *KNOWN_FROM, "--vars", variables],
            env=self.settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ProjectInvalid(f"The models that tell who is who could not be built:\n{done.stdout}{done.stderr}")

    def _find(self) -> list[Person]:
        """The people behind all requests. One of the feed that does not say who is meant stays open; one by hand is refused."""
        asked = self._asked()
        try:
            return people.find(self.settings, [*self.requests, *asked])
        except PersonAmbiguous as doubt:
            if by_hand := {request.request_id for request in self.requests} & set(doubt.requests):
                told = {request.id_value for request in self.requests}
                raise PersonAmbiguous(pending.names_of(self.settings, sorted(by_hand), told)) from None
            clear = [request for request in asked if request.request_id not in doubt.requests]
            return people.find(self.settings, [*self.requests, *clear])

    def _asked(self) -> list[Request]:
        nodes = json.loads(self.settings.manifest.read_text())["nodes"].values()
        (name,) = (f"{n['schema']}.{n['alias']}" for n in nodes if n["config"]["meta"].get("holds") == HOLDS)
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as warehouse:
            asked = warehouse.execute(f"select request_id, id_type, id_value, requested_at from {name} order by all")
            return [Request(*row) for row in asked.fetchall()]

    def _search_everything(self, order: Pending, progress: Progress, strings: Collection[str]) -> dict[Path, int]:
        """Every file of home and landing; the files with a hit. What only tells of runs is removed when it holds one."""
        settings = self.settings
        apart = {pending.path_of(settings), tombstones.path_of(settings.home)}
        needles = Needles({*strings, *order.pseudonyms})
        self._search.run([settings.home, settings.landing], needles, apart, lambda at: progress("erasure", at.name))
        for path in [path for path in self._search.hits if _tells_of_runs(settings, path)]:
            path.unlink()
            order.rows["logs"] += self._search.hits.pop(path)
        short = short_ids(settings.home, self.registry, order.ids)
        return {path: self._search.hits.get(path, 0) + short.get(path, 0) for path in {*self._search.hits, *short}}

    def _receipt(self, order: Pending) -> dict[str, Any]:
        ended = datetime.now(UTC)
        began = datetime.strptime(order.began_at, INSTANT).replace(tzinfo=UTC)
        table = pq.read_table(tombstones.path_of(self.settings.home), columns=["erased_at"]).column(0).to_pylist()
        return {
            "requests": list(order.requests),
            "people": sum(person.is_known for person in order.people),
            "requests_about_nobody": sum(len(person.requests) for person in order.people if not person.is_known),
            "rows": dict(sorted(order.rows.items())),
            "tombstones": sum(at >= began.replace(tzinfo=None) for at in table),
            "files_searched": self._search.files,
            "bytes_searched": self._search.bytes,
            "hits": 0,
            "safety_cases_gone_unforwarded": len(set(order.open_cases) - _open_cases(self.settings))
            if order.open_cases
            else 0,
            "release_id": current(self.settings).release_id,
            "exports_handed_out": [
                {"at": line["at"], **line["facts"]}
                for line in audit.read(audit.log_of(self.settings)).lines
                if line["kind"] == "export"
            ],
            "began_at": order.began_at,
            "ended_at": ended.strftime(INSTANT),
            "seconds": round((ended - began).total_seconds()),
        }


def _open_cases(settings: Settings) -> set[str]:
    """The possible safety cases that nobody has passed on yet (CMP-33)."""
    waiting = "select candidate_id from restricted.mart_safety_candidates where kind = 'adverse_event' and forwarded_at is null"
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        return {str(case) for (case,) in warehouse.execute(waiting).fetchall()}


def unfinished(settings: Settings) -> str:
    """What a failed run says of an erasure that has begun; nothing where none has."""
    order = Pending.of(settings)
    if order is None:
        return ""
    where = (
        "An erasure has begun and is not complete"
        if not order.is_removed
        else "The people to be erased are out of landing, raw, the working database and every kept release, the current one too"
    )
    return f"\n{where}: the next `rapport run` goes on with it and writes the receipt."


def open_requests(settings: Settings, registry: Registry) -> int:
    """Rows of the feed that ask for an erasure. What was carried out has left it, like all that names the person."""
    o = registry.find(*FEED)
    files = raw.path_of(settings.home, o, "*") if o else Path()
    if not list(files.parent.glob(files.name)):
        return 0
    kinds = ", ".join(map(literal, sorted(people.ID_TYPES)))
    query = (
        f"select count(*) from read_parquet({literal(files)}, union_by_name = true)"
        f" where trim(id_value) <> '' and id_type in ({kinds})"
    )
    with duckdb.connect() as connection:
        (rows,) = connection.execute(query).fetchone() or (0,)
    return int(rows)


def clear_history(settings: Settings) -> None:
    """Before Dagster opens its storage: remove it whole if it still names somebody whose erasure is under way."""
    order, folder = Pending.of(settings), settings.state / "dagster"
    if order is None:
        return
    found = Search()
    found.run([folder], Needles(order.strings | order.pseudonyms))
    if found.hits:
        shutil.rmtree(folder)  # SQLite keeps the bytes of deleted rows
        settings.prepare()


def receipts_of(settings: Settings) -> list[Path]:
    """The receipts of a home, oldest first."""
    return sorted(pending.folder_of(settings).glob("receipts/*.json"))


def last_receipt(settings: Settings) -> dict[str, Any]:
    """The newest receipt of a home."""
    newest = receipts_of(settings)[-1]
    return {"path": str(newest), **json.loads(newest.read_text())}


def _drop_what_is_built(settings: Settings) -> None:
    """All that the job makes anew from raw; a file written new holds no bytes of the old one."""
    remove_leftovers(settings.releases)
    for folder in (settings.warehouse.parent, settings.home / "quarantine"):
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _tells_of_runs(settings: Settings, path: Path) -> bool:
    """Logs and dbt's artefacts, which the next run writes anew. Dagster's storage is in use while a run goes on."""
    return path.is_relative_to(settings.home / "logs") or path.is_relative_to(settings.dbt_target)


def _places(settings: Settings, hits: dict[Path, int]) -> list[str]:
    def name(path: Path) -> str:
        return str(path.relative_to(settings.home)) if path.is_relative_to(settings.home) else str(path)

    return [f"{name(path)}: {count}" for path, count in sorted(hits.items())]
