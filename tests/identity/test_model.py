"""The optional model of probable pairs, through dbt, on a few planted people among others. Everybody is invented."""

import importlib.util
import json
import random
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import Home

FOLDER = PROJECT_DIR / "models" / "intermediate" / "identity"
ARTEFACT = FOLDER / "identity_model_1.0.0.json"
BUILT = [
    "int_identity__comparable_profiles",
    "int_identity__profile_blocks",
    "int_identity__blocks",
    "int_identity__probable_pairs",
]
COLUMNS = [
    "node_id", "id_type", "given", "formal", "middle_initial", "family", "other_family", "suffix", "city", "region",
    "postal_code", "country_code", "specialty", "gender", "email",
]  # fmt: skip
ON = {"identity_probabilistic": True, "as_of_on": "2026-01-01"}

Profile = dict[str, str | None]
Pair = tuple[Any, ...]


def profile(node_id: str, given: str, family: str, city: str | None = "fernford", **more: str | None) -> Profile:
    known = {"node_id": node_id, "id_type": "veeva_crm_account", "given": given, "formal": given, "family": family}
    place = {"city": city, "region": city and "OH", "country_code": city and "US"}
    return dict.fromkeys(COLUMNS) | known | place | more


OTHERS = [
    profile(
        f"o{number:03}",
        f"given{number % 40:02}",
        f"family{number % 97:02}x",
        f"town{number % 23:02}",
        specialty="Oncology",
    )
    for number in range(300)
]
PLANTED = [
    profile("typo_a", "benedikta", "kelorwood", specialty="Cardiology"),
    profile("typo_b", "benedikta", "kelorwod"),
    profile("nickname_a", "robert", "griorthal", specialty="Cardiology"),
    profile("nickname_b", "bob", "griorthal", formal="robert", email="bob@example.org"),
    profile("married_a", "leila", "perimstone", postal_code="43001", specialty="Neurology"),
    profile("married_b", "leila", "holavsen", other_family="perimstone", postal_code="43001", specialty="Neurology"),
    profile("father", "thomas", "doredvik", suffix="sr", postal_code="43001", specialty="Cardiology", gender="m"),
    profile("son", "thomas", "doredvik", suffix="jr", postal_code="43001", specialty="Cardiology", gender="m"),
    profile("twin_a", "clara", "monosfeld", postal_code="43001", specialty="Cardiology", gender="f"),
    profile("twin_b", "nora", "monosfeld", postal_code="43001", specialty="Cardiology", gender="f"),
    profile("bare_a", "quentin", "rasyrquist", None),
    profile("bare_b", "quentin", "rasyrquist", None),
    profile("far_a", "james", "nevanlow", "fernford"),
    profile("far_b", "james", "nevanlow", "ironmere", region="WA"),
    profile("learner", "benedikta", "kelorwood", id_type="cme_learner"),
    *(profile(f"webinar_{n}", "isidora", "calyrulle", email="isidora@example.org") for n in range(5)),
]


def write(path: Path, profiles: list[Profile]) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema intermediate")
        columns = ", ".join(f"{column} text" for column in COLUMNS)
        connection.execute(f"create table intermediate.int_identity__profiles ({columns})")
        rows = [[one[column] for column in COLUMNS] for one in profiles]
        marks = ", ".join("?" for _ in COLUMNS)
        connection.executemany(f"insert into intermediate.int_identity__profiles values ({marks})", rows)


def dbt(home: Home, *arguments: str, **variables: Any) -> str:
    command = [DBT, "--quiet", *arguments, "--vars", json.dumps(variables)]
    done = subprocess.run(
        command, env=home.settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.make(tmp_path_factory.mktemp("model") / "home")
    home.settings.warehouse.parent.mkdir(exist_ok=True)
    write(home.settings.warehouse, PLANTED + OTHERS)
    dbt(home, "run", "--select", *BUILT, **ON)
    return home


def rows(path: Path, sql: str) -> list[Pair]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def probabilities(built: Home) -> dict[tuple[str, str], float]:
    found = rows(
        built.settings.warehouse,
        "select node_a, node_b, match_probability from intermediate.int_identity__probable_pairs",
    )
    return {(a, b): probability for a, b, probability in found}


@pytest.mark.parametrize("who", ["typo", "nickname", "married"])
def test_what_people_spell_differently_is_found(probabilities: dict[tuple[str, str], float], who: str) -> None:
    assert probabilities[f"{who}_a", f"{who}_b"] >= 0.8


@pytest.mark.parametrize(
    "pair", [("father", "son"), ("twin_a", "twin_b"), ("bare_a", "bare_b"), ("far_a", "far_b")], ids="-".join
)
def test_namesakes_and_twins_of_one_practice_stay_apart(
    probabilities: dict[tuple[str, str], float], pair: tuple[str, str]
) -> None:
    assert pair not in probabilities


def test_a_learners_report_is_never_compared(probabilities: dict[tuple[str, str], float]) -> None:
    assert "learner" not in {node for pair in probabilities for node in pair}


def test_registrations_of_one_profile_are_joined_by_a_star(probabilities: dict[tuple[str, str], float]) -> None:
    webinars = {pair for pair in probabilities if pair[0].startswith("webinar")}
    assert webinars == {("webinar_0", f"webinar_{n}") for n in range(1, 5)}


def test_every_pair_says_why_without_a_value(built: Home) -> None:
    reasons = rows(built.settings.warehouse, "select reason from intermediate.int_identity__probable_pairs")
    assert reasons and all("given name" in reason for (reason,) in reasons)
    values = {value for one in PLANTED for value in (one["given"], one["family"], one["city"], one["email"]) if value}
    assert [reason for (reason,) in reasons if any(value in reason for value in values)] == []


def test_nothing_stays_behind_in_the_warehouse(built: Home) -> None:
    tables = rows(built.settings.warehouse, "select table_name from information_schema.tables")
    assert {name for (name,) in tables} == {"int_identity__profiles", *BUILT}


def test_the_order_of_rows_does_not_matter(built: Home, tmp_path: Path) -> None:
    profiles = PLANTED + OTHERS
    random.Random(4).shuffle(profiles)
    write(tmp_path / "warehouse.duckdb", profiles)
    compiled = {
        path.stem: path.read_text() for path in built.settings.dbt_target.glob("compiled/**/int_identity__*.sql")
    }
    spec = importlib.util.spec_from_file_location("probable_pairs", FOLDER / "int_identity__probable_pairs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        for name in BUILT[:2]:
            connection.execute(f"create table intermediate.{name} as {compiled[name]}")
        lent = SimpleNamespace(ref=lambda name: connection.sql(f"select * from warehouse.intermediate.{name}"))
        again = module.model(lent, connection).to_pylist()
    once = rows(
        built.settings.warehouse, "select * from intermediate.int_identity__probable_pairs order by node_a, node_b"
    )
    assert [tuple(row.values()) for row in again] == once


def test_blocking_leaves_most_pairs_out(built: Home) -> None:
    ((candidates,),) = rows(
        built.settings.warehouse, "select sum(candidate_pairs) from intermediate.int_identity__blocks"
    )
    people = len(PLANTED + OTHERS)
    assert 0 < candidates < people * people / 20


@pytest.mark.parametrize("name", BUILT)
def test_off_by_default(name: str) -> None:
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())
    (model,) = yaml.safe_load((FOLDER / f"{name}.yml").read_text())["models"]
    assert project["vars"]["identity_probabilistic"] is False
    assert model["config"]["enabled"] == "{{ var('identity_probabilistic') }}"


def test_the_artefact_is_plain_probabilities() -> None:
    model = json.loads(ARTEFACT.read_text())
    assert model["version"] in ARTEFACT.name
    for comparison in model["settings"]["comparisons"]:
        levels = comparison["comparison_levels"][1:]
        for name in ("m_probability", "u_probability"):
            shares = [level[name] for level in levels]
            assert all(0 < share <= 1 for share in shares) and sum(shares) == pytest.approx(1, abs=0.02)
        assert [level["label_for_charts"] for level in levels if "npi" in level["label_for_charts"].lower()] == []
