"""The score's constants: they add up where they must, and none changes without a new version and a reason."""

import csv
import hashlib
import json
from typing import Any

import pytest
import yaml

from orchestration.settings import PROJECT_DIR

CONSTANT_SEEDS = {
    "channel_families": ("channel", "channel_family", "breadth_weight"),
    "touchpoint_depth": ("family", "depth"),
    "content_types": ("content_type", "is_value"),
}
VERSIONS = ("eqs_score_version", "eqs_prior_version")


def seed(name: str) -> list[dict[str, str]]:
    (path,) = (PROJECT_DIR / "seeds").rglob(f"{name}.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def constants() -> dict[str, Any]:
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())
    return {name: value for name, value in project["vars"].items() if name.startswith("eqs_")}


def fingerprint(constants: dict[str, Any]) -> str:
    """First 16 hex digits of a SHA-256 over all constants."""
    seeds = {
        name: sorted([row[column] for column in columns] for row in seed(name))
        for name, columns in CONSTANT_SEEDS.items()
    }
    values = {name: value for name, value in constants.items() if name not in VERSIONS}
    text = json.dumps([values, seeds], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_the_weights_of_the_terms_sum_to_one(constants: dict[str, Any]) -> None:
    terms = ("responsiveness", "depth", "breadth", "education", "satisfaction")
    assert sum(constants[f"eqs_weight_{term}"] for term in terms) == pytest.approx(1)


def test_the_breadth_weights_of_the_families_sum_to_one() -> None:
    weights = {row["channel_family"]: float(row["breadth_weight"]) for row in seed("channel_families")}
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["other"] == 0


def test_constants_change_only_with_a_new_version_and_a_reason(constants: dict[str, Any]) -> None:
    newest = seed("eqs_score_versions")[-1]
    assert newest["score_version"] == constants["eqs_score_version"]
    assert newest["fingerprint"] == fingerprint(constants), (
        "The constants of the score changed: raise eqs_score_version and add its row to seeds/engagement/eqs_score_versions.csv"
        f" with the fingerprint {fingerprint(constants)} and the reason."
    )
    assert all(row["reason"] for row in seed("eqs_score_versions"))
