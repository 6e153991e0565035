"""The house's layer rules, held against dbt's manifest, and the rules of its Python."""

import ast
import csv
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import DBT, PROJECT_DIR
from releases.catalogue import PUBLISHED_SCHEMAS, RESTRICTED_SCHEMA
from tests.conftest import Home

LAYERS = {"staging": 0, "intermediate": 1, "marts": 2}
PACKAGES = ("deliveries", "simulator", "releases", "expectations", "orchestration", "erasure")


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = Home.make(tmp_path_factory.mktemp("parse") / "home")
    subprocess.run([DBT, "parse", "--quiet"], env=home.settings.process_environment(), cwd=PROJECT_DIR, check=True)
    return json.loads(home.settings.manifest.read_text())


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert len(found) > 50
    return found


def layer(node: dict[str, Any]) -> str:
    return str(node["fqn"][1])


def test_data_flows_down_only(models: dict[str, dict[str, Any]]) -> None:
    upward = [
        (node["name"], models[parent]["name"])
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models
        and LAYERS[layer(models[parent])] > LAYERS[layer(node)]
        and not (layer(node) == "intermediate" and models[parent]["fqn"][2] == "core")
    ]
    assert upward == []


def test_only_staging_reads_sources(models: dict[str, dict[str, Any]]) -> None:
    readers = [node["name"] for node in models.values() if node["sources"] and layer(node) != "staging"]
    assert readers == []


def test_marts_read_staging_only_for_reference_data_that_needs_no_layer_between(
    models: dict[str, dict[str, Any]],
) -> None:
    jumpers = {
        node["name"]
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if layer(node) == "marts"
        and parent in models
        and layer(models[parent]) == "staging"
        and models[parent]["fqn"][2:] != ["rapport", "stg_rapport__key_rotations"]  # old-to-new as it is, for stewards
        and models[parent]["fqn"][2] != "reference"
    }
    assert jumpers == set()


def test_every_model_has_two_files_and_a_described_grain(models: dict[str, dict[str, Any]]) -> None:
    bare = [
        node["name"]
        for node in models.values()
        if not (PROJECT_DIR / node["original_file_path"]).with_suffix(".yml").is_file()
        or len(node["description"]) < 20
        or not node["config"]["meta"].get("grain")
    ]
    assert bare == []


def test_every_mart_has_an_enforced_contract_and_described_columns(models: dict[str, dict[str, Any]]) -> None:
    for node in models.values():
        if layer(node) == "marts":
            assert node["config"]["contract"]["enforced"], node["name"]
            assert [c["name"] for c in node["columns"].values() if not c["description"]] == [], node["name"]


PURPOSES = {"promotional", "medical", "education", "service", "safety", "transparency", "governance"}
OWN_ORIGINS = {"derived", "operator"}


def _unlisted(node: dict[str, Any], classes: set[str], origins: set[str]) -> list[str]:
    """Columns of a model whose class, purpose or origin is missing, or is no word of the inventory."""
    inventory = node["config"]["meta"].get("inventory", {})

    def is_listed(column: dict[str, Any]) -> bool:
        meta = {**inventory, **column["config"]["meta"]}
        given = {key: meta.get(key, []) for key in ("purpose", "origin")}
        words = {key: {value} if isinstance(value, str) else set(value) for key, value in given.items()}
        return (
            meta.get("class") in classes
            and all(words.values())
            and words["purpose"] <= PURPOSES
            and words["origin"] <= origins
        )

    return [f"{node['name']}.{column['name']}" for column in node["columns"].values() if not is_listed(column)]


def _classes() -> set[str]:
    with (PROJECT_DIR / "seeds/governance/retention_classes.csv").open() as rows:
        return {row["class"] for row in csv.DictReader(rows) if row["months"] and row["source"]}


def test_every_published_and_restricted_column_has_class_purpose_retention_and_origin(manifest: dict[str, Any]) -> None:
    origins = OWN_ORIGINS | {source["source_name"] for source in manifest["sources"].values()}
    listed = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in (*PUBLISHED_SCHEMAS, RESTRICTED_SCHEMA)
    ]
    assert len(listed) > 20
    assert [name for node in listed for name in _unlisted(node, _classes(), origins)] == []


@pytest.mark.parametrize(
    ("inventory", "meta"),
    [
        ({"purpose": "governance", "origin": "derived"}, {}),
        ({"purpose": "governance", "origin": "derived"}, {"class": "secret"}),
        ({"purpose": "curiosity", "origin": "derived"}, {"class": "score"}),
        ({"purpose": ["medical", "curiosity"], "origin": "derived"}, {"class": "score"}),
        ({"purpose": "governance", "origin": "hearsay"}, {"class": "score"}),
        ({"purpose": "governance"}, {"class": "score"}),
        ({"origin": "derived"}, {"class": "score"}),
        ({"purpose": [], "origin": "derived"}, {"class": "score"}),
    ],
)
def test_a_column_without_a_word_of_the_inventory_is_named(inventory: dict[str, Any], meta: dict[str, Any]) -> None:
    column = {"name": "c", "config": {"meta": meta}}
    node = {"name": "m", "config": {"meta": {"inventory": inventory}}, "columns": {"c": column}}
    assert _unlisted(node, _classes(), OWN_ORIGINS) == ["m.c"]


def test_models_carry_names_of_their_layer(models: dict[str, dict[str, Any]]) -> None:
    patterns = {"staging": r"stg_\w+__\w+", "intermediate": r"int_\w+__\w+", "marts": r"(dim|fct|bridge|mart)_\w+"}
    assert [n["name"] for n in models.values() if not re.fullmatch(patterns[layer(n)], n["name"])] == []


def test_models_are_short_enough_to_read(models: dict[str, dict[str, Any]]) -> None:
    long = {n["name"]: n["raw_code"].count("\n") + 1 for n in models.values() if n["raw_code"].count("\n") >= 90}
    assert long == {}


def test_models_hold_nothing_that_spark_cannot_parse(models: dict[str, dict[str, Any]]) -> None:
    engine_specific = re.compile(
        r"::|\bqualify\b|\bvarchar\b|\bhugeint\b|\bread_parquet\b|\blist_\w+\(|\bunnest\(", re.I
    )
    found = {n["name"]: engine_specific.search(_code(n["raw_code"])) for n in models.values()}
    assert {name: match.group() for name, match in found.items() if match} == {}


def _code(sql: str) -> str:
    return re.sub(r"--.*|\{#.*?#\}|'[^']*'", "", sql, flags=re.S if "{#" in sql else 0)


def _modules() -> list[Path]:
    return [path for package in PACKAGES for path in (PROJECT_DIR / package).rglob("*.py")]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PROJECT_DIR)))
def test_a_python_module_says_what_belongs_in_it_and_stays_readable(path: Path) -> None:
    source = path.read_text()
    assert len(ast.get_docstring(ast.parse(source)) or "") > 30
    assert source.count("\n") <= 400


def test_python_names_no_model(models: dict[str, dict[str, Any]]) -> None:
    names = {n["name"] for n in models.values() if layer(n) != "marts"}
    code = {path.name: path.read_text() for path in _modules()}
    assert {(name, path) for name in names for path, text in code.items() if re.search(rf"\b{name}\b", text)} == set()


def test_no_model_reads_the_simulators_truth(models: dict[str, dict[str, Any]]) -> None:
    assert [n["name"] for n in models.values() if "truth" in n["raw_code"]] == []


def test_the_readme_is_short_and_shows_both_commands() -> None:
    readme = (PROJECT_DIR / "README.md").read_text()
    assert readme.count("\n") < 150 and "make run" in readme and "make test" in readme
