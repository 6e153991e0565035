"""The consent models, compiled once by dbt and run on hand-made ledgers in memory."""

import json
import subprocess
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import duckdb
import pytest

from orchestration.pseudonyms import lend_key
from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import KEY, Home
from tests.consents.oracle import Touch, World

MODELS = ["holdings", "blocks", "states", "stretches", "questions", "regimes", "answers", "reasons", "verdicts"]
Verdict = tuple[str, str]


class Judgement(NamedTuple):
    """What the models say: regime and reason by touch, and the stretches that they publish."""

    verdicts: dict[str, Verdict]
    stretches: list[dict[str, Any]]


Judge = Callable[[World, list[Touch]], Judgement]
LEDGER = (
    "ledger_id text, source_system text, source_object text, id_type text, id_value text, person_key text, hcp_key text,"
    " channel text, channel_value text, purpose text, scope_type text, scope_id text, within_detail_group_id text,"
    " within_content_type_id text, place_id text, decision text, capture_reason text, evidence_version text, vendor_expires_on date,"
    " is_objection boolean, captured_at timestamp, confirmed_at timestamp, effective_at timestamp, ended_at timestamp,"
    " known_at timestamp, loaded_at timestamp"
)
TOUCHES = (
    "touchpoint_id text, person_key text, source_system text, source_record_id text, id_type text, id_value text,"
    " country_code text, country_codes text, product text,"
    " channel text, touchpoint_type text, direction text, purpose text, occurred_at timestamp,"
    " business_on date, consent_channel text, channel_value text, scope_product_id text, scope_detail_group_id text,"
    " scope_content_type_id text, scope_list_id text, is_response_to_request boolean, first_delivered_at timestamp"
)
MOMENTS = (
    "node_a text, source_system_a text, id_type_a text, id_value_a text, node_b text, source_system_b text, id_type_b text,"
    " id_value_b text, merged_at timestamp"
)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The SQL of the consent models, in the order in which they build on each other."""
    home = Home.make(tmp_path_factory.mktemp("compile") / "home")
    names = [f"int_consents__{name}" for name in MODELS]
    command = [DBT, "--quiet", "compile", "--select", *names]
    subprocess.run(command, env=home.settings.process_environment(), cwd=PROJECT_DIR, check=True)
    nodes = {node["name"]: node for node in json.loads(home.settings.manifest.read_text())["nodes"].values()}
    return [f"create table {nodes[name]['relation_name']} as {nodes[name]['compiled_code']}" for name in names]


@pytest.fixture(scope="session")
def judge(compiled: list[str]) -> Judge:
    """What the models say about touches. Checks on the way that no stretches overlap."""
    return lambda world, touches: _judge(compiled, world, touches)


def _judge(compiled: list[str], world: World, touches: list[Touch]) -> Judgement:
    with duckdb.connect() as connection:
        lend_key(connection, KEY.encode())
        connection.execute(
            "attach ':memory:' as warehouse; create schema warehouse.intermediate; use warehouse.intermediate"
        )
        connection.execute(f"create table int_consents__ledger ({LEDGER})")
        connection.execute(f"create table int_touchpoints__identified ({TOUCHES})")
        connection.execute(f"create table int_identity__merge_moments ({MOMENTS})")
        connection.execute(
            "create table int_consents__addresses (source_system text, id_value text, address text, known_from_at timestamp)"
        )
        connection.execute(
            "create table int_consents__proven_deliveries (address text, proves_from_at timestamp, delivered_at timestamp)"
        )
        connection.execute("create schema warehouse.staging")
        connection.execute(
            "create table staging.stg_veeva_crm__sent_email_owners (sent_email_id text, account_id text)"
        )
        for seed in ("consent_regimes", "consent_channels"):
            path = PROJECT_DIR / "seeds" / "consents" / f"{seed}.csv"
            connection.execute(f"create table {seed} as from read_csv('{path}', nullstr = '', all_varchar = true)")
        connection.execute("alter table consent_channels alter has_contact_point type boolean")
        for column in ("valid_from_on", "valid_to_on"):
            connection.execute(f"alter table consent_regimes alter {column} type date")
        _fill(connection, world, touches)
        for statement in compiled:
            connection.execute(statement)
        overlaps = connection.execute(
            "select count(*) from int_consents__stretches a join int_consents__stretches b on a.stretch_key = b.stretch_key"
            " and a.consent_id <> b.consent_id and a.valid_from_at < coalesce(b.valid_to_at, timestamp 'infinity')"
            " and b.valid_from_at < coalesce(a.valid_to_at, timestamp 'infinity')"
        ).fetchall()
        assert overlaps == [(0,)]
        undecided = connection.execute(
            "select count(*) from int_consents__verdicts where lawful_basis = 'consent' and consent_id is null"
        ).fetchall()
        assert undecided == [(0,)]
        rows = connection.execute(
            "select touchpoint_id, consent_regime, permission_reason from int_consents__verdicts"
        ).fetchall()
        found = connection.execute("select * from int_consents__stretches order by stretch_key, valid_from_at")
        names = [column[0] for column in found.description]
        stretches = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert len(rows) == len(touches)
    return Judgement({str(touch): (str(regime), str(reason)) for touch, regime, reason in rows}, stretches)


def _fill(connection: duckdb.DuckDBPyConnection, world: World, touches: list[Touch]) -> None:
    def insert(table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)

    insert("int_consents__ledger", [
        (d.ledger_id, *d.ledger_id.split("|")[:2], "account", d.source_id, d.person, d.person, d.channel, d.value, d.purpose,
         d.scope_type, d.scope_id, d.detail_group, d.content_type, d.place, d.decision, d.reason, "v1", None,
         d.is_objection, d.captured_at, d.confirmed_at,
         d.effective_at, d.ended_at, d.known_at, d.known_at)
        for d in world.decisions
    ])  # fmt: skip
    insert("int_touchpoints__identified", [
        (t.touchpoint_id, t.person, "crm", t.touchpoint_id, "account", t.source_id, t.country, t.country, None, t.channel, "call",
         t.direction, t.purpose, t.occurred_at, t.business_on, t.consent_channel, t.value, ";".join(t.products) or None,
         t.detail_group, t.content_type, None, False, datetime(2026, 6, 1))
        for t in touches
    ])  # fmt: skip
    insert("int_identity__merge_moments", [
        (a, "crm", "account", a, b, "crm", "account", b, moment)
        for pair, moment in world.merged_at.items()
        for a, b in (sorted(pair), sorted(pair, reverse=True))
    ])  # fmt: skip
    insert("int_consents__addresses", [
        ("crm", source_id, address, since) for source_id, known in world.addresses.items() for address, since in known
    ])  # fmt: skip
    insert("int_consents__proven_deliveries", [
        (address, *moments) for address, signs in world.deliveries.items() for moments in signs
    ])  # fmt: skip
