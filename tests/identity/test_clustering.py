"""The tiers of identity clustering (macros/identity_tier.sql) against a plain reading of their rules.

The SQL is rendered here without dbt: the macro needs nothing but `ref`. Random evidence, small enough to collide.
"""

import random
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

MACRO = Path(__file__).parents[2] / "macros" / "identity_tier.sql"
TIERS = [f"int_identity__tier_{tier}" for tier in ("0_steward", "1_npi", "2_reference", "3_email")]
NODES = [f"n{number:02}" for number in range(12)]


class Evidence(NamedTuple):
    ids: dict[str, dict[str, str]]  # node -> scope -> the one id of that scope that a person has
    links: dict[tuple[int, str], frozenset[str]]  # (tier, link id) -> nodes
    different: frozenset[frozenset[str]]


def tier_sql(tier: int) -> str:
    """The statement of one tier, as dbt would render it."""
    template = Environment().from_string(MACRO.read_text() + "{{ identity_tier(tier, previous) }}")
    return template.render(
        ref=lambda name: name, part_of=lambda name: name, tier=tier, previous=TIERS[tier - 1] if tier else None
    )


STATEMENTS = [tier_sql(tier) for tier in range(len(TIERS))]
DATABASE = duckdb.connect(config={"threads": 1})


def fill(table: str, columns: str, rows: Sequence[Sequence[str | int | None]]) -> None:
    literals = ", ".join(f"({', '.join('null' if cell is None else repr(cell) for cell in row)})" for row in rows)
    DATABASE.execute(f"create or replace table {table} ({columns})")
    if rows:
        DATABASE.execute(f"insert into {table} values {literals}")


def clusters_by_sql(evidence: Evidence, order: random.Random) -> list[dict[str, str]]:
    """The clusters after each tier, by the macro; rows are inserted in a random order."""

    def shuffled(rows: Iterable[tuple[str | int | None, ...]]) -> list[tuple[str | int | None, ...]]:
        listed = list(rows)
        return order.sample(listed, len(listed))

    links = ((tier, link, node) for (tier, link), nodes in evidence.links.items() for node in nodes)
    different = ((*sorted(pair), "different") for pair in evidence.different)
    ids = ((node, scope, value) for node, held in evidence.ids.items() for scope, value in held.items())
    fill("int_identity__nodes", "node_id text", shuffled((node,) for node in evidence.ids))
    fill("int_identity__exclusive_ids", "node_id text, scope text, id_value text", shuffled(ids))
    fill("int_identity__links", "tier integer, link_id text, node_id text", shuffled(links))
    fill("int_identity__steward_pairs", "node_a text, node_b text, decision text", shuffled(different))
    result = []
    for name, sql in zip(TIERS, STATEMENTS, strict=True):
        DATABASE.execute(f"create or replace table {name} as {sql}")
        result.append(dict(DATABASE.execute(f"select node_id, cluster_id from {name}").fetchall()))
    return result


def components(edges: Iterable[frozenset[str]]) -> list[set[str]]:
    found: list[set[str]] = []
    for edge in edges:
        touching = [component for component in found if component & edge]
        found = [component for component in found if not component & edge] + [set(edge).union(*touching)]
    return found


def differing(evidence: Evidence, a: str, b: str) -> set[tuple[str, frozenset[str]]]:
    """Scope and values wherever two nodes hold different ids of a kind of which a person has one."""
    one, other = evidence.ids[a], evidence.ids[b]
    return {
        (scope, frozenset((one[scope], other[scope])))
        for scope in one.keys() & other.keys()
        if one[scope] != other[scope]
    }


def clusters_by_rule(evidence: Evidence) -> list[dict[str, str]]:
    """The same, read off the rules of the tiers pair by pair."""
    cluster = {node: node for node in evidence.ids}
    excused: set[tuple[str, frozenset[str]]] = set()
    excused_within: dict[str, set[tuple[str, frozenset[str]]]] = {}  # by node: a generation is no id of one person
    result: list[dict[str, str]] = []
    for tier in range(len(TIERS)):
        forbidden = {
            frozenset((cluster[a], cluster[b]))
            for a, b in combinations(cluster, 2)
            if frozenset((a, b)) in evidence.different
            or (
                tier > 0
                and differing(evidence, a, b)
                - excused
                - set().union(
                    *(held for node, held in excused_within.items() if cluster[node] in (cluster[a], cluster[b]))
                )
            )
        }
        pairs = {
            frozenset((cluster[a], cluster[b]))
            for (of_tier, _), nodes in evidence.links.items()
            if of_tier == tier
            for a, b in combinations(nodes, 2)
        }
        renamed: dict[str, str] = {}
        for component in components(pairs - forbidden):
            if not any(frozenset(pair) in forbidden for pair in combinations(component, 2)):
                renamed.update(dict.fromkeys(component, min(component)))
        cluster = {node: renamed.get(name, name) for node, name in cluster.items()}
        if tier == 0:
            joined = (pair for pair in combinations(cluster, 2) if cluster[pair[0]] == cluster[pair[1]])
            for a, b in joined:
                found = differing(evidence, a, b)
                excused |= {(scope, values) for scope, values in found if scope != "generation"}
                excused_within.setdefault(a, set()).update(found - excused)
        result.append(cluster)
    return result


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    numbers = st.sampled_from([None, None, "1", "2", "3"])
    drawn = {
        node: {"npi": draw(numbers), "licence|US|NY": draw(numbers), "generation": draw(numbers)} for node in NODES
    }
    ids = {node: {scope: value for scope, value in held.items() if value} for node, held in drawn.items()}
    groups = st.frozensets(st.sampled_from(NODES), min_size=2, max_size=4)
    links = {(0, f"s{n}"): frozenset(sorted(nodes)[:2]) for n, nodes in enumerate(draw(st.lists(groups, max_size=2)))}
    links |= {(1, npi): frozenset(n for n in NODES if ids[n].get("npi") == npi) for npi in "123"}
    links |= {(2, f"m{n}"): frozenset(sorted(nodes)[-2:]) for n, nodes in enumerate(draw(st.lists(groups, max_size=4)))}
    links |= {(3, f"e{n}"): nodes for n, nodes in enumerate(draw(st.lists(groups, max_size=5)))}
    different = draw(st.frozensets(st.frozensets(st.sampled_from(NODES), min_size=2, max_size=2), max_size=3))
    same = {nodes for (tier, _), nodes in links.items() if tier == 0}
    return Evidence(ids, links, frozenset(different - same))


@settings(max_examples=50, deadline=None)
@given(evidence(), st.randoms(use_true_random=False))
def test_tiers_follow_the_rules_in_any_row_order(given_evidence: Evidence, order: random.Random) -> None:
    by_sql = clusters_by_sql(given_evidence, order)
    assert by_sql == clusters_by_rule(given_evidence)
    last = by_sql[-1]
    assert all(last[a] != last[b] for a, b in map(tuple, given_evidence.different))


def test_ten_thousand_records_of_one_npi_stay_linear() -> None:
    """Everyone types the sample NPI: a star, not fifty million pairs."""
    numbers = [(f"n{number}",) for number in range(10_000)]
    fill(
        "int_identity__exclusive_ids", "node_id text, scope text, id_value text", [(n, "npi", "1") for (n,) in numbers]
    )
    fill("int_identity__links", "tier integer, link_id text, node_id text", [(1, "npi", node) for (node,) in numbers])
    fill("int_identity__steward_pairs", "node_a text, node_b text, decision text", [])
    fill(TIERS[0], "node_id text, cluster_id text", [(node, node) for (node,) in numbers])
    counts = DATABASE.execute(f"select count(*), count(distinct cluster_id) from ({STATEMENTS[1]})").fetchall()
    assert counts == [(10_000, 1)]
