"""What the warehouse knows about each vendor object, read from the dbt sources files: one declaration for all readers.

Holds the registry and the operator's overrides (ruling 8). Reads no delivery and knows no vendor by name. What each word means,
also those that only the macros read, stands in CONTRIBUTING under "The words of the registry".
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

import duckdb
import yaml

from deliveries.errors import RegistryInvalid

# Raise it when the readers give other rows for the same bytes: every delivery is then parsed anew. DuckDB splits the lines
# and hashes the rows, so another DuckDB is another reader.
READER_VERSION = f"1, duckdb {duckdb.__version__}"

# format -> endings of file names
FORMATS = {"csv": ("csv",), "sections": ("csv",), "json": ("json",), "jsonl": ("jsonl", "ndjson", "json")}
ENCODINGS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"}
OVERRIDES = {"encoding", "delimiter", "time_zone", "null_words", "picklists", "columns"}

SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C where libyaml is there

Overrides = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Column:
    """One column of a vendor object, under the vendor's own name. Raw holds every value as text, whatever `type` says."""

    name: str
    description: str = ""
    type: str = "text"  # text, date, date_us (MM/DD/YYYY), timestamp, timestamp_us (with AM or PM), integer, decimal, boolean, json
    required: bool = False
    values: tuple[str, ...] = ()  # a closed list; empty: open
    identifier: bool = False
    person: str | Mapping[str, Any] = ""  # the kind of id by which it says whom the row is about (see tombstones)
    free_text: bool = False
    staff: bool = False  # an identifier of the company's own people: it says nothing of whom the row is about
    published: bool = False  # its values may reach a release as they are; one that names a person quarantines its row
    of_companies: bool = False  # published names of companies and their goods, many of them a founder's
    name_part: str = ""  # given or family: together the full name of somebody whom the company keeps
    load: bool = True  # false: the column never reaches raw
    null_words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # other names of the column in the file; the first that is there wins
    in_head: bool = False  # many-table CSV: stands in the file's head, and holds for every line
    path: str = ""  # JSON: dotted path inside the record, `[]` opens an array
    text: tuple[str, ...] = ()  # JSON: an object at `path` becomes text, these members joined by `:`
    prefer: tuple[str, ...] = ()  # of several such texts the first with this beginning, else the smallest
    joined: bool = False  # all such texts, in order, between semicolons


@dataclass(frozen=True)
class VendorObject:
    """One object of one system: the grain is described in `description`, its identity is `key`."""

    system: str
    name: str
    description: str
    columns: tuple[Column, ...]
    format: str
    key: tuple[str, ...]
    nullable_key: tuple[str, ...] = ()
    time_zone: str = "UTC"
    encoding: str = "utf-8"
    delimiter: str = ","
    windowed: bool = False  # shows a window of time: never a full extract (GEN-10)
    repeat: str = ""
    records: str = ""  # JSON: path to the innermost records; empty, or a page lacking a step `x?`: the page is it
    envelope: Mapping[str, str] = field(default_factory=dict)  # JSON: column -> path in the page, or further in
    sections: Mapping[str, Any] = field(default_factory=dict)  # many-table CSV: see sections_reader
    delete_when: Mapping[str, str] = field(default_factory=dict)
    future: Mapping[str, Any] = field(default_factory=dict)
    forgotten: Mapping[str, str] = field(
        default_factory=dict
    )  # id, column, ending: how a row says that its id was forgotten
    settings: tuple[str, ...] = ()  # further settings of feeds.yml, which the models read (ruling 8)
    given: Mapping[str, str] = field(default_factory=dict)  # what feeds.yml says of these settings
    like: str = ""  # the object of an older system whose records these are
    references: tuple[str, ...] = ()  # columns that hold ids of other records
    older_system: str = ""
    older_id: str = ""  # the column with the record's id there
    value_endings: Mapping[str, str] = field(
        default_factory=dict
    )  # how a newer system ends the values of the older one
    without: str = ""  # what is empty while no delivery of it has come, for the operator
    needed_by: tuple[str, ...] = ()  # systems, beside its own, that say so
    opt_outs: Mapping[str, Any] | str = field(default_factory=dict)  # rows that say no: column -> values, or `all`

    @property
    def loaded(self) -> tuple[Column, ...]:
        """The columns that reach raw."""
        return tuple(column for column in self.columns if column.load)

    def spellings(self, values: Iterable[str]) -> tuple[str, ...]:
        """Values as the registry lists them and as this system spells them; what `spellings` is to the models."""
        found = dict.fromkeys(values)
        for value in tuple(found):
            ending = next((ending for ending in self.value_endings if value.endswith(ending)), None)
            if ending is not None:
                found[value.removesuffix(ending).lower().replace(" ", "_") + self.value_endings[ending]] = None
        return tuple(found)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same bytes would be parsed into other rows."""
        parsing = (
            READER_VERSION, self.format, self.encoding, self.delimiter, self.key, self.records, sorted(self.envelope.items()),
            [(c.name, c.required, c.load, c.null_words, c.aliases, c.path, c.text, c.prefer, c.joined) for c in self.columns],
            sorted(self.sections.items()), [(c.in_head, c.values) for c in self.columns if self.sections],
        )  # fmt: skip
        return hashlib.sha256(repr(parsing).encode()).hexdigest()[:16]

    def overridden(self, settings: Mapping[str, Any]) -> Self:
        """This object with the operator's settings laid over it."""
        place = f"feeds.yml, {self.system}/{self.name}"
        if unknown := set(settings) - (known := OVERRIDES | set(self.settings)):
            raise RegistryInvalid(
                f"{place}: unknown setting {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
            )
        by_column: dict[str, dict[str, Any]] = {column.name: {} for column in self.columns}
        for setting in ("null_words", "picklists", "columns"):
            value = settings.get(setting, {})
            if setting == "null_words" and not isinstance(value, Mapping):
                value = dict.fromkeys(by_column, value)
            if unknown := set(value) - set(by_column):
                raise RegistryInvalid(f"{place}, {setting}: the object has no column {', '.join(sorted(unknown))}")
            for name, setting_of_column in value.items():
                by_column[name][setting] = _texts(setting_of_column)
        columns = tuple(
            replace(
                column,
                null_words=column.null_words + by_column[column.name].get("null_words", ()),
                values=column.values + by_column[column.name].get("picklists", ()) if column.values else (),
                aliases=by_column[column.name].get("columns", ()) + column.aliases,
            )
            for column in self.columns
        )
        changed = replace(
            self,
            columns=columns,
            encoding=str(settings.get("encoding", self.encoding)),
            delimiter=str(settings.get("delimiter", self.delimiter)),
            time_zone=str(settings.get("time_zone", self.time_zone)),
            given={name: str(settings[name]) for name in self.settings if settings.get(name) is not None},
        )
        _check(changed, place)
        return changed


@dataclass(frozen=True)
class Registry:
    """All registered objects, in the order of system and name."""

    objects: tuple[VendorObject, ...]

    def find(self, system: str, name: str) -> VendorObject | None:
        """The object in landing folder `<system>/<name>`, if it is registered."""
        return next((o for o in self.objects if (o.system, o.name) == (system, name)), None)

    def overridden(self, overrides: Overrides) -> "Registry":
        """The registry under the operator's `feeds.yml`, given as {system: {object: {setting: value}}}."""
        registered = {(o.system, o.name) for o in self.objects}
        for system, objects in overrides.items():
            if missing := [name for name in objects or {} if (system, name) not in registered]:
                raise RegistryInvalid(f"feeds.yml: no object {system}/{missing[0]} is registered")
        settings = {
            (system, name): value or {} for system, named in overrides.items() for name, value in (named or {}).items()
        }
        return Registry(tuple(o.overridden(settings.get((o.system, o.name), {})) for o in self.objects))


def load(project_dir: Path) -> Registry:
    """Read every `models/staging/<system>/_<system>__sources.yml`. A table without a key is no vendor object."""
    objects = []
    for path in sorted(project_dir.glob("models/staging/*/_*__sources.yml")):
        for source in yaml.load(path.read_text(encoding="utf-8"), SAFE_LOADER)["sources"]:
            of_source = _meta(source)
            for table in source["tables"]:
                meta = {**of_source, **_meta(table)}
                meta["names"] = {**of_source.get("names", {}), **_meta(table).get("names", {})}
                if "key" in meta:
                    objects.append(_object(source["name"], table, meta, path))
    newer = {(o.older_system, o.like): o.references for o in objects if o.like}  # the same columns refer in both
    objects = [replace(o, references=o.references or newer.get((o.system, o.name), ())) for o in objects]
    return Registry(tuple(sorted(objects, key=lambda o: (o.system, o.name))))


def load_overrides(home: Path) -> Overrides:
    """The operator's `feeds.yml`, empty without one."""
    path = home / "feeds.yml"
    if not path.is_file():
        return {}
    try:
        overrides = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" near line {mark.line + 1}" if mark else ""
        raise RegistryInvalid(f"{path} is not readable YAML{line}.") from None
    if not isinstance(overrides, dict) or not all(isinstance(each, dict | None) for each in overrides.values()):
        raise RegistryInvalid(f"{path} must read as system: {{object: {{setting: value}}}}.")
    return overrides


def _object(system: str, table: Mapping[str, Any], meta: Mapping[str, Any], path: Path) -> VendorObject:
    columns = tuple(
        Column(**_settings(Column, {"name": c["name"], "description": c.get("description", ""), **_meta(c)}))
        for c in table["columns"]
    )
    if strangers := set(_meta(table).get("names", {})) - {column.name for column in columns}:
        raise RegistryInvalid(f"{path.name}, {table['name']}: names for no column {strangers.pop()}")
    if "endings" in meta:
        columns = (*_renamed(columns, meta), Column(meta["older_id"], "The record's id in the older system"))
    known = {"system": system, "name": table["name"], "description": table.get("description", ""), "columns": columns}
    built = VendorObject(**_settings(VendorObject, {**meta, **known}))
    _check(built, f"{path.name}, {table['name']}")
    return built


def _renamed(columns: tuple[Column, ...], meta: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of an older object under a newer system's names: by rule of endings, or as `names` says (CRM-76)."""

    def newer(name: str) -> tuple[str, ...]:
        if name in meta["names"]:
            return _texts(meta["names"][name])
        ending = next(ending for ending in meta["endings"] if name.endswith(ending))
        renamed = name.removesuffix(ending).lower() + str(meta["endings"][ending])
        return (renamed,) if renamed != name.lower() else ()

    return tuple(replace(column, aliases=newer(column.name)) for column in columns)


def _settings(kind: type[Column] | type[VendorObject], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a declaration may hold; lists become tuples. Other meta belongs to other readers of the YAML."""
    names = {f.name for f in fields(kind)}
    return {name: _texts(v) if isinstance(v, list) else v for name, v in values.items() if name in names}


def _meta(node: Mapping[str, Any]) -> dict[str, Any]:
    return dict((node.get("config") or {}).get("meta") or {})


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, (list, tuple, Mapping)) else (str(value),)


def _check(o: VendorObject, place: str) -> None:
    names = {column.name for column in o.columns}
    lists = [
        *o.key,
        *o.nullable_key,
        *o.envelope,
        *o.delete_when,
        *filter(None, map(o.forgotten.get, ("id", "column"))),
        *([o.future["column"]] if o.future else []),
    ]
    lists += o.opt_outs if isinstance(o.opt_outs, Mapping) else []
    if strangers := [name for name in lists if name not in names]:
        raise RegistryInvalid(f"{place}: no column {strangers[0]}")
    if o.format not in FORMATS:
        raise RegistryInvalid(f"{place}: unknown format; known: {', '.join(FORMATS)}")
    if o.encoding.lower() not in ENCODINGS:
        raise RegistryInvalid(f"{place}: unknown encoding; known: {', '.join(sorted(ENCODINGS))}")
    if len(o.delimiter) != 1 or o.delimiter in '"\r\n':
        raise RegistryInvalid(f"{place}: the delimiter must be one character")
