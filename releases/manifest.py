"""A release's manifest: what it holds, what went in, what the gate found, and the hash of every file."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from releases import files
from releases.catalogue import Catalogue

PREFIX = ".candidate-"


class ReleaseInvalid(Exception):
    """A release or candidate is not what its manifest says, or there is none; the message gives the way out."""


class ReleaseBlocked(Exception):
    """The gate blocks a candidate; the message says which rules, how many rows, and where to look."""


@dataclass(frozen=True)
class Release:
    """A folder that holds a release, or a candidate for one."""

    folder: Path

    @property
    def release_id(self) -> str:
        """The id, also of a candidate."""
        return self.folder.resolve().name.removeprefix(PREFIX)

    @property
    def manifest(self) -> dict[str, Any]:
        """The content of `manifest.json`."""
        try:
            return dict(json.loads((self.folder / files.MANIFEST).read_text()))
        except (OSError, ValueError):
            raise ReleaseInvalid(f"{self.folder} has no readable manifest: `rapport run` makes a release.") from None

    @property
    def as_of_on(self) -> date:
        """The date at which marts are cut."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def tables(self) -> dict[str, Any]:
        """The published tables, by `schema.table`."""
        return dict(self.manifest["tables"])

    @property
    def gate(self) -> dict[str, Any]:
        """The gate's evidence: outcome per rule, and the hashes of the audited files."""
        path = self.folder / files.GATE
        if not path.is_file():
            raise ReleaseInvalid(f"Release {self.release_id} has not passed the gate: `rapport run` audits a new one.")
        return dict(json.loads(path.read_text()))

    def write_manifest(self, content: dict[str, Any]) -> None:
        """Replace the manifest."""
        (self.folder / files.MANIFEST).write_text(json.dumps(content, indent=2) + "\n")


@cache
def figures() -> dict[str, str]:
    """The named queries over a release's own tables, for its manifest and its report."""
    return dict(yaml.safe_load(Path(__file__).with_name("figures.yml").read_text()))


def rows(connection: duckdb.DuckDBPyConnection, figure: str) -> list[dict[str, Any]]:
    """The rows of a named query."""
    result = connection.execute(figures()[figure])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _git_revision(project: Path) -> str | None:
    command = ["git", "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _table(connection: duckdb.DuckDBPyConnection, schema: str, name: str, grain: tuple[str, ...]) -> dict[str, Any]:
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    (count,) = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone() or (0,)
    described = [{"name": column, "type": kind} for column, kind in columns]
    return {
        "rows": count,
        "columns": described,
        "grain": list(grain),
        "schema_sha256": hashlib.sha256(json.dumps(described).encode()).hexdigest(),
    }


def describe(release: Release, catalogue: Catalogue, as_of: date) -> None:
    """Write the manifest of a new candidate: all that is known before the gate."""
    grains = {table.full_name: table.grain for table in catalogue.tables}
    audiences: dict[str, dict[str, Any]] = {}
    for path in sorted(release.folder.glob("*.duckdb")):
        with files.opened(path) as connection:
            found = connection.execute(
                "select schema_name, table_name from duckdb_tables()"
                " where database_name = current_database() order by all"
            ).fetchall()
            audiences[path.stem] = {f"{s}.{t}": _table(connection, s, t, grains[f"{s}.{t}"]) for s, t in found}
    with files.opened(files.database(release.folder, files.MARTS)) as connection:
        delivered = [
            {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
            for row in rows(connection, "deliveries")
        ]
        (score,) = rows(connection, "score_version")
    release.write_manifest(
        {
            "release_id": release.release_id,
            "created_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "as_of": as_of.isoformat(),
            "git_revision": _git_revision(Path(__file__).parent),
            "engine": f"duckdb {duckdb.__version__}",
            "score_version": score["score_version"],
            "tables": audiences[files.MARTS],
            "audiences": audiences,
            "deliveries": delivered,
        }
    )


def seal(release: Release, log: dict[str, Any]) -> None:
    """Add the gate's results, how far the audit log has come, and the hash of every file: nothing is written any more."""
    gate, content = release.gate, release.manifest
    hashed = files.hashes(release.folder)
    for name, table in content["tables"].items():
        table["path"] = files.parquet(Path(), *name.split(".")).as_posix()
        table["sha256"] = hashed[table["path"]]
        table["rows"] = gate["rows"].get(name, table["rows"])
    for name in gate["rows"]:
        for tables in content["audiences"].values():
            if name in tables:
                tables[name]["rows"] = gate["rows"][name]
    release.write_manifest({**content, "gate": gate["rules"], "audit": log, "files": hashed})


def reseal(release: Release, before: dict[str, Any], note: dict[str, Any]) -> None:
    """Seal a release whose files were written anew with other rows: counts and hashes of today, and a note that says so."""
    hashed = files.hashes(release.folder)
    for path in sorted(release.folder.glob("*.duckdb")):
        with files.opened(path) as connection:
            for name, table in before["audiences"][path.stem].items():
                schema, _, bare = name.partition(".")
                (table["rows"],) = connection.execute(f'select count(*) from "{schema}"."{bare}"').fetchone() or (0,)
    for name, table in before["tables"].items():
        table["rows"] = before["audiences"][files.MARTS][name]["rows"]
        table["sha256"] = hashed[table["path"]]
    release.write_manifest({**before, "files": hashed, "rewritten": [*before.get("rewritten", ()), note]})


def problems(release: Release) -> list[str]:
    """What differs between a sealed release's files and its manifest; empty if it is whole."""
    stated, found = release.manifest.get("files"), files.hashes(release.folder)
    if stated is None:
        return [f"{files.MANIFEST} is not sealed"]
    return (
        [f"{path} is missing" for path in sorted(stated.keys() - found.keys())]
        + [f"{path} is not of this release" for path in sorted(found.keys() - stated.keys())]
        + [f"{path} was changed" for path in sorted(stated) if path in found and stated[path] != found[path]]
    )
