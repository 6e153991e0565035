"""The engagement models, compiled once by dbt and run on generated histories in memory."""

import json
import random
import subprocess
from collections.abc import Callable
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd
import pytest

from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import Home
from tests.engagement.histories import AS_OF, History, Touch

FOLDERS = ["path:models/intermediate/engagement", "path:models/marts/engagement"]
Measure = Callable[..., pd.DataFrame]
KEY = ["hcp_key", "as_of_on", "eqs_scope"]


@pytest.fixture(scope="session")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The project's nodes, those of the engagement marts compiled."""
    home = Home.make(tmp_path_factory.mktemp("compile") / "home")
    command = [DBT, "--quiet", "compile", "--select", *FOLDERS]
    subprocess.run(
        command, env=home.settings.process_environment(), cwd=PROJECT_DIR, check=True, stdout=subprocess.PIPE
    )
    return dict(json.loads(home.settings.manifest.read_text())["nodes"])


@pytest.fixture(scope="session")
def models(nodes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The models of the engagement marts by name, each after those it reads."""
    waiting = {
        key: node for key, node in nodes.items() if node["resource_type"] == "model" and "engagement" in node["fqn"]
    }
    ordered: dict[str, dict[str, Any]] = {}
    while waiting:
        for key in [k for k, node in waiting.items() if not set(node["depends_on"]["nodes"]) & set(waiting)]:
            node = waiting.pop(key)
            ordered[node["name"]] = node
    del ordered["int_engagement__as_of_dates"]
    return ordered


@pytest.fixture(scope="session")
def measure(models: dict[str, dict[str, Any]]) -> Measure:
    """A model's rows for a world of histories, in the order of their keys; by default the scores."""

    def run(
        histories: dict[str, History],
        model: str = "int_engagement__scores",
        as_of: list[datetime] | None = None,
        shuffle: int | None = None,
    ) -> pd.DataFrame:
        with duckdb.connect() as connection:
            connection.execute("set threads = 1; set TimeZone = 'UTC'; attach ':memory:' as warehouse")
            for name, rows in _rows(histories, as_of or AS_OF, shuffle).items():
                connection.register(name, rows)
            connection.execute(INPUTS)
            for node in _needed(models, model):
                connection.execute(f"create table {node['relation_name']} as {node['compiled_code']}")
            rows = connection.execute(f"from {models[model]['relation_name']} order by all").df()
        rows = rows.rename(columns={"measured_on": "as_of_on"})
        return rows[rows.pop("is_as_of")].set_index(KEY) if "is_as_of" in rows else rows.set_index(KEY)

    return run


def _needed(models: dict[str, dict[str, Any]], model: str) -> list[dict[str, Any]]:
    """The model after all that it reads."""
    needed: list[dict[str, Any]] = []
    wanted = {models[model]["unique_id"]}
    for node in reversed(models.values()):
        if node["unique_id"] in wanted:
            needed.insert(0, node)
            wanted.update(node["depends_on"]["nodes"])
    return needed


def _rows(histories: dict[str, History], as_of: list[datetime], shuffle: int | None) -> dict[str, pd.DataFrame]:
    """The input rows of a world; the tables that hold them are in INPUTS."""
    touches = [
        {"hcp_key": hcp, **vars(touch), "touchpoint_id": f"{hcp}-{touch.touchpoint_id}"}
        for hcp, history in histories.items()
        for touch in history.touches
    ]
    opt_outs = [{"hcp_key": hcp, "captured_at": at} for hcp, history in histories.items() for at in history.opt_outs]
    if shuffle is not None:
        random.Random(shuffle).shuffle(touches)
        random.Random(shuffle).shuffle(opt_outs)
    return {
        "touches": pd.DataFrame(touches, columns=["hcp_key", *Touch.__annotations__]),
        "opt_outs": pd.DataFrame(opt_outs, columns=["hcp_key", "captured_at"]),
        "hcps": pd.DataFrame({"hcp_key": list(histories)}),
        "as_of_dates": pd.DataFrame({"as_of_on": as_of}),
    }


INPUTS = """
create schema warehouse.core; create schema warehouse.intermediate; create schema warehouse.engagement;
create table warehouse.core.dim_hcps as
select hcp_key, 'Cardiology' as specialty, 'Cardiology|US' as peer_group, true as is_known_commercially,
    date '2020-01-01' as first_seen_on, date '2020-01-01' as first_seen_on_commercial
from hcps;
create table warehouse.core.fct_touchpoints as
select hcp_key, touchpoint_id, cast(occurred_at as timestamp) as occurred_at, cast(occurred_at as date) as business_on,
    direction, purpose, channel_family, 'email_send' as touchpoint_type, response_class,
    cast(responded_at as timestamp) as responded_at, cast(is_response_observable as boolean) as is_response_observable,
    cast(is_permitted as boolean) as is_permitted, cast(is_two_way as boolean) as is_two_way,
    cast(depth as double) as depth, cast(relevance as double) as relevance,
    cast(is_value_content as boolean) as is_value_content, cast(team as text) as team, cast(user_key as text) as user_key,
    cast(duration_seconds as bigint) as duration_seconds
from touches;
create table warehouse.core.fct_consents as
select 'c-' || hcp_key || captured_at as consent_id, hcp_key, 'promotional' as purpose, 'refused' as status,
    'person' as capture_reason, cast(captured_at as timestamp) as captured_at, cast(captured_at as timestamp) as valid_from_at,
    cast(null as timestamp) as valid_to_at
from opt_outs;
create table warehouse.intermediate.int_engagement__as_of_dates as select cast(as_of_on as date) as as_of_on from as_of_dates;
create table warehouse.intermediate.channel_families as from read_csv('seeds/touchpoints/channel_families.csv');
create table warehouse.intermediate.eqs_peer_priors (
    prior_version text, peer_group text, alpha double, beta double, tolerance_p75 double, hcp_count bigint
);
"""
