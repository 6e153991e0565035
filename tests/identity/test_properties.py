"""What must hold whatever is delivered: late identity, keys of others, merges, chains and loops.

That order and grouping of deliveries change no published row, clusters and keys among them, is shown in tests/test_arrival.py;
that a merge never widens a permission, over random merges and histories, in tests/consents/test_verdicts.py (CNS-33).
"""

import random
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

import simulator
from studies.worlds import World
from tests.identity.test_clustering import NODES, Evidence, clusters_by_sql, components, evidence

pytestmark = pytest.mark.warehouse

MODELS = Path(__file__).parents[2] / "models" / "intermediate" / "identity"
HEARD = "20260620T000000Z"
RECOGNISED = "20260625T000000Z"
DECIDED = "20260628T000000Z"


# ---- on the tiers alone


@settings(max_examples=25, deadline=None)
@given(evidence(), st.frozensets(st.sampled_from(NODES), max_size=3), st.randoms(use_true_random=False))
def test_a_new_id_changes_no_cluster_that_evidence_does_not_lead_it_to(
    before: Evidence, friends: frozenset[str], order: random.Random
) -> None:
    link = (3, "e new")
    after = before._replace(
        ids={**before.ids, "n99": {}}, links={**before.links, link: friends | {"n99"}} if friends else before.links
    )
    near = [part for part in components([*before.links.values(), friends]) if part & friends]
    reached = set().union(*near) | {"n99"}
    for old, new in zip(clusters_by_sql(before, order), clusters_by_sql(after, order), strict=True):
        assert {node: old[node] for node in old if node not in reached} == {
            node: new[node] for node in new if node not in reached
        }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14))
def test_merge_chains_end_and_exactly_the_merges_of_a_loop_are_told(merges: list[tuple[int, int]]) -> None:
    """Chains of any length, forks, loops, loops with tails, an account merged into itself."""
    connection = duckdb.connect(config={"threads": 1})
    lineage = (
        "delivery text, row_number bigint, first_delivered_at timestamp, delivered_at timestamp, source_system text"
    )
    connection.execute(f"""
        create table stg_veeva_crm__account_merges (merge_id text, loser_account_id text, survivor_account_id text,
            loser_contact_id text, survivor_contact_id text, merged_at timestamp, source_object text, {lineage});
        create table stg_veeva_crm__accounts (account_id text, master_account_id text, is_person_account boolean,
            source_object text, {lineage});
        create table stg_veeva_crm__account_versions (account_id text, master_account_id text, known_at timestamp);
    """)
    for number, (loser, survivor) in enumerate(merges):
        connection.execute(
            "insert into stg_veeva_crm__account_merges by name select ? as merge_id, ? as loser_account_id, ? as survivor_account_id",
            [str(number), str(loser), str(survivor)],
        )
    sql = Environment().from_string((MODELS / "int_identity__merges.sql").read_text()).render(ref=lambda name: name)
    found = {(int(a), int(b)): loop for a, b, loop in connection.execute(
        f"select loser_account_id, survivor_account_id, is_in_loop from ({sql})"
    ).fetchall()}  # fmt: skip
    assert set(found) == set(merges)

    def reaches(start: int, goal: int) -> bool:
        seen, ahead = {start}, [start]
        while ahead:
            here = ahead.pop()
            if here == goal:
                return True
            following = {to for of, to in merges if of == here} - seen
            seen |= following
            ahead += following
        return False

    assert {pair: reaches(pair[1], pair[0]) for pair in found} == found


# ---- on a small home that three deliveries reach one after the other


@dataclass
class Moment:
    """The warehouse after one delivery."""

    touches: dict[str, tuple[str | None, str]]  # touch -> key, id of the source
    records: list[tuple[str, ...]]
    keys: dict[tuple[str, str, str], str | None]
    aliases: dict[str, str]


def read(world: World) -> Moment:
    with world.open() as connection:

        def fetch(sql: str) -> list[tuple[str, ...]]:
            return connection.execute(sql).fetchall()

        return Moment(
            {str(touch): (key, str(person)) for touch, key, person in fetch(
                "select touchpoint_id, hcp_key, id_value from int_touchpoints__identified"
            )},
            sorted(fetch("select source_system, source_object, source_record_id from warehouse.restricted.bridge_touchpoints")),
            {(str(a), str(b), str(c)): key for a, b, c, key in fetch(
                "select source_system, id_type, id_value, hcp_key from int_identity__clusters"
            )},
            {str(old): str(new) for old, new in fetch("select old_hcp_key, hcp_key from warehouse.core.bridge_hcp_aliases")},
        )  # fmt: skip


def deliver(world: World, place: str, name: str, content: str) -> None:
    path = world.settings.landing / place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"^ +", "", content, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> tuple[Moment, Moment, Moment]:
    """A webinar's unknown viewer; then the account with that address, and a stranger; then two people held to be one."""
    world = World(tmp_path_factory.mktemp("properties"))
    simulator.write(hcps=40, days=120, seed=5, out=world.settings.landing, end=date(2026, 6, 15))
    deliver(
        world,
        "zoom/webinar",
        f"{HEARD}.json",
        """
        {"id": 98760000099, "uuid": "late==", "type": 5, "start_time": "2026-05-20T18:00:00Z", "end_time": "2026-05-20T19:00:00Z"}
    """,
    )
    deliver(
        world,
        "zoom/registrants",
        f"{HEARD}.json",
        """
        {"id": 98760000099, "uuid": "late==", "registrants": [
        {"id": "rlate", "email": "late@example.org", "first_name": "Lena", "last_name": "Latecomer",
         "status": "approved", "create_time": "2026-05-10T15:00:00Z"}]}
    """,
    )
    deliver(
        world,
        "zoom/participants",
        f"{HEARD}.json",
        """
        {"id": 98760000099, "uuid": "late==", "participants": [
        {"user_id": "1", "registrant_id": "rlate", "user_email": "late@example.org", "duration": 3000,
         "join_time": "2026-05-20T18:00:00Z", "leave_time": "2026-05-20T18:50:00Z"}]}
    """,
    )
    found = [_built(world)]
    deliver(
        world,
        "veeva_crm/Account",
        f"{RECOGNISED}.csv",
        """\
        Id,IsPersonAccount,FirstName,LastName,PersonEmail,PersonMailingCountryCode
        001EX00000LATE1AAA,true,Lena,Latecomer,late@example.org,US
        001EX00000LATE2AAA,true,Sten,Stranger,stranger@example.org,US
    """,
    )
    found.append(_built(world))
    accounts = sorted(value for _, kind, value in found[-1].keys if kind == "veeva_crm_account" and "LATE" not in value)
    pairs = "\n".join(
        f"veeva_crm,{one},veeva_crm,{other},same,2026-06-27T00:00:00Z,sd-test" for one, other in
        zip(accounts[:10:2], accounts[1:10:2], strict=True)
    )  # fmt: skip
    header = "system_a,id_a,system_b,id_b,decision,decided_at,reason_code\n"
    deliver(world, "privacy/steward_decisions", f"{DECIDED}.csv", header + pairs + "\n")
    found.append(_built(world))
    first, second, third = found
    return first, second, third


def _built(world: World) -> Moment:
    world.receive()
    world.build(
        ("+int_touchpoints__identified", "+bridge_touchpoints", "+bridge_hcps", "+bridge_hcp_aliases"),
        as_of_on="2026-07-01",
    )
    return read(world)


def test_who_is_recognised_a_month_later_has_the_old_touches(moments: tuple[Moment, Moment, Moment]) -> None:
    before, after, _ = moments
    viewed = [touch for touch, (_, person) in before.touches.items() if person == "rlate"]
    assert len(viewed) == 1
    assert [before.touches[touch][0] for touch in viewed] == [None]
    key = after.keys["veeva_crm", "veeva_crm_account", "001EX00000LATE1AAA"]
    assert key is not None
    assert [after.touches[touch][0] for touch in viewed] == [key]
    assert set(before.touches) == set(after.touches)  # the facts keep their ids


def test_new_people_change_nobody_elses_key(moments: tuple[Moment, Moment, Moment]) -> None:
    before, after, _ = moments
    changed = {ids: key for ids, key in before.keys.items() if after.keys[ids] != key}
    assert set(changed) == {("zoom", "zoom_registrant", "rlate")}
    assert set(after.keys) - set(before.keys) == {
        ("veeva_crm", "veeva_crm_account", f"001EX00000LATE{number}AAA") for number in (1, 2)
    }


def test_records_of_touches_stay_as_many_through_merges(moments: tuple[Moment, Moment, Moment]) -> None:
    before, after, merged = moments
    assert before.records == after.records == merged.records
    assert {touch for touch, _ in merged.touches.items()} <= set(after.touches)


def test_a_merge_keeps_the_older_key_and_every_old_key_leads_to_one_that_stands(
    moments: tuple[Moment, Moment, Moment],
) -> None:
    _, before, merged = moments
    standing = {key for key in merged.keys.values() if key}
    gone = {key for key in before.keys.values() if key} - standing
    assert gone
    assert {key: merged.aliases.get(key) in standing for key in gone} == dict.fromkeys(gone, True)
