"""Who is who, on invented people whose truth is planted: how many pairs of ids are found, and how many are wrong.

    python -m studies.identity [--hcps 5000] [--days 365] [--seeds 1,2] [--errors N] [--home DIR]

For each seed it simulates deliveries, receives them, builds identity with the probabilistic step on, and measures the
clustering after each tier: what stands after tier 5 is what the rules give alone. It prints the figures per method, per pair
of feeds and per planted difficulty, the touches left without an HCP, the candidate pairs of each blocking rule and the
seconds of each stage, and exits with 1 if a gate of identity.md fails.

A pair is two records of one person. The registrations of one person on one webinar platform under one name and address are
one record, and so are the reports of one learner's number (studies/linkage.py says why); the columns "plain ids" count each
id. The largest cluster is counted in ids, where a system that hands out
several to one person (per webinar, per provider) counts once.
`--errors N` lists wrong and missed pairs to be looked at; they hold names, so the study never runs on real deliveries.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb
from rich.console import Console
from rich.table import Table

from studies import linkage
from studies.linkage import ANY, Pairs
from studies.worlds import IDENTITY, World

LAST_RULE = 5  # the tiers above it are bands of the model
METHODS = {
    0: "stewards", 1: "+ national ids", 2: "+ merges and cross-references", 3: "+ email", 4: "+ name, city, specialty",
    5: "+ name, city", 6: "+ model >= .99", 7: "+ model >= .95", 8: "+ model >= .90", 9: "+ model >= .80",
}  # fmt: skip


class Gate(NamedTuple):
    """What a clustering must reach."""

    precision: float
    recall: float


RULES, MODEL = Gate(0.998, 0.70), Gate(0.990, 0.90)
LARGEST, UNRESOLVED = 10, 0.15


class Stage(NamedTuple):
    """The clustering as one tier leaves it."""

    tier: int
    table: str
    pairs: Pairs
    plain: Pairs
    largest: int
    two_npis: int
    unresolved: float

    @property
    def name(self) -> str:
        return METHODS.get(self.tier, f"tier {self.tier}")


def measure(connection: duckdb.DuckDBPyConnection, truth: Path) -> list[Stage]:
    """The figures after each tier; leaves the tables `records`, and `found` of the last tier."""
    linkage.read_records(connection, f"read_parquet('{truth / 'person_ids.parquet'}')")
    found = []
    for tier, table in linkage.stages(connection):
        linkage.read_clusters(connection, table, plain=True)
        plain = linkage.pairs(connection)
        linkage.read_clusters(connection, table)
        open_touches, touches = linkage.unresolved(connection, table)[ANY]
        found.append(Stage(
            tier, table, linkage.pairs(connection), plain, linkage.largest(connection),
            linkage.clusters_with_two_npis(connection, table), open_touches / max(touches, 1),
        ))  # fmt: skip
    return found


def failures(stage: Stage, gate: Gate) -> list[str]:
    """The gates that a clustering fails, in words."""
    checks = {
        f"precision {stage.pairs.precision:.4f} below {gate.precision}": stage.pairs.precision < gate.precision,
        f"recall {stage.pairs.recall:.4f} below {gate.recall}": stage.pairs.recall < gate.recall,
        f"{stage.two_npis} clusters with two valid NPIs": stage.two_npis > 0,
        f"a cluster of {stage.largest} records": stage.largest > LARGEST,
        f"{stage.unresolved:.1%} of touches unresolved": stage.unresolved > UNRESOLVED,
    }
    return [f"{stage.name}: {words}" for words, is_failed in checks.items() if is_failed]


def of_methods(stages: list[Stage], reviews: dict[int, int]) -> Table:
    """One row per method."""
    table = Table("method", "precision", "recall", "F1", "pairs", "wrong", "largest", "two NPIs", "rejected links",
                  "unresolved touches", "plain ids: precision", "recall", title="Per method")  # fmt: skip
    for stage in stages:
        pairs, plain = stage.pairs, stage.plain
        rejected = sum(count for tier, count in reviews.items() if tier <= stage.tier)
        table.add_row(
            stage.name, f"{pairs.precision:.4f}", f"{pairs.recall:.4f}", f"{pairs.f1:.4f}", f"{pairs.found:,}",
            f"{pairs.found - pairs.right:,}", str(stage.largest), str(stage.two_npis), str(rejected),
            f"{stage.unresolved:.1%}", f"{plain.precision:.4f}", f"{plain.recall:.4f}",
        )  # fmt: skip
    return table


def of_feeds(connection: duckdb.DuckDBPyConnection, stages: dict[str, Stage]) -> Table:
    """One row per pair of feeds, and the unresolved touches of each feed in the row of the feed with itself."""
    table = Table("feeds", "true pairs", title="Per pair of feeds")
    found, touches = {}, {}
    for name, stage in stages.items():
        for column in ("precision", "recall", "unresolved touches"):
            table.add_column(f"{name}: {column}")
        linkage.read_clusters(connection, stage.table)
        found[name] = linkage.pairs_by_source(connection)
        touches[name] = linkage.unresolved(connection, stage.table)
    for key in sorted(key for key, pairs in found[name].items() if pairs.true and key != (ANY, ANY)):
        cells = []
        for each in stages:
            pairs = found[each][key]
            open_touches, of = touches[each].get(key[0], (0, 0)) if key[0] == key[1] else (0, 0)
            cells += [f"{pairs.precision:.4f}", f"{pairs.recall:.4f}", f"{open_touches / of:.1%}" if of else ""]
        table.add_row(" - ".join(key), f"{found[name][key].true:,}", *cells)
    return table


def of_plants(connection: duckdb.DuckDBPyConnection, truth: Path, stages: dict[str, Stage]) -> Table:
    """The pairs of people with a planted difficulty: which share is found, and how many wrong pairs touch them."""
    table = Table("planted", "people", title="Per planted difficulty")
    kinds: dict[str, list[str]] = {}
    for name, stage in stages.items():
        for column in ("true pairs found", "wrong pairs"):
            table.add_column(f"{name}: {column}")
        linkage.read_clusters(connection, stage.table)
        rows = connection.execute(f"""
            with plants as (
                select distinct plant, person_id as person from read_parquet('{truth / "identity_plants.parquet"}')
            ),
            pairs as (
                select one.person, one.cluster = other.cluster as is_found, true as is_true
                from found as one
                inner join found as other on one.person = other.person and one.node_id < other.node_id
                union all
                select one.person, true, false
                from found as one
                inner join found as other on one.cluster = other.cluster and one.person <> other.person
            )
            select plants.plant, count(distinct plants.person),
                count(*) filter (is_true and is_found) / nullif(count(*) filter (is_true), 0), count(*) filter (not is_true)
            from plants
            left join pairs on plants.person = pairs.person
            group by plants.plant order by plants.plant
        """).fetchall()
        for plant, people, share, wrong in rows:
            cells = kinds.setdefault(str(plant), [f"{people:,}"])
            cells += ["" if share is None else f"{share:.1%}", f"{wrong:,}"]
    for plant, cells in kinds.items():
        table.add_row(plant, *cells)
    return table


def of_time(world: World, models: dict[str, float]) -> Table:
    """Seconds of the stages, and of the identity models that took longest."""
    table = Table("stage", "s", title="Time")
    for stage, seconds in world.seconds.items():
        table.add_row(stage, f"{seconds:.1f}")
    of_identity = {
        name: seconds for name, seconds in models.items() if name.startswith(("int_identity__", "bridge_hcps"))
    }
    table.add_row("of it the identity models", f"{sum(of_identity.values()):.1f}")
    for name, seconds in sorted(of_identity.items(), key=lambda item: -item[1])[:5]:
        table.add_row(f"  {name}", f"{seconds:.1f}")
    return table


def of_blocks(connection: duckdb.DuckDBPyConnection) -> Table | None:
    """Candidate pairs of each blocking rule; all with all beside them."""
    if not connection.execute("select 1 from duckdb_tables() where table_name = 'int_identity__blocks'").fetchall():
        return None
    table = Table("blocking rule", "candidate pairs", "blocks too large to compare", title="Blocking")
    for rule, candidates, oversized in connection.execute("from int_identity__blocks order by 2 desc").fetchall():
        table.add_row(str(rule), f"{candidates:,}", f"{oversized:,}")
    (n,) = connection.execute("select count(*) from int_identity__nodes").fetchone() or (0,)
    table.add_row("all with all (never built)", f"{n * (n - 1) // 2:,}", "")
    return table


def study(console: Console, folder: Path, seed: int, arguments: argparse.Namespace) -> list[str]:
    """Builds one world, prints its tables, and returns the gates that fail."""
    world = World(folder)
    world.simulate(arguments.hcps, arguments.days, seed)
    world.receive()
    wanted = (*IDENTITY, "+int_touchpoints__unioned", *(() if arguments.rules_only else ("+int_identity__blocks",)))
    models = world.build(wanted, identity_probabilistic=not arguments.rules_only)
    with world.open() as connection:
        stages = measure(connection, world.truth)
        reviews = dict(
            connection.execute("select tier, count(*) from int_identity__rejected_edges group by tier").fetchall()
        )
        (ids, people, records), *_ = connection.execute(
            "select count(*), count(distinct person), count(*) filter (is_record) from records"
        ).fetchall()
        chosen = {"rules": [stage for stage in stages if stage.tier <= LAST_RULE][-1]}
        gates = [(chosen["rules"], RULES)]
        if stages[-1].tier > LAST_RULE:
            chosen["rules + model"] = stages[-1]
            gates.append((stages[-1], MODEL))
        console.rule(f"seed {seed}: {people:,} people, {ids:,} ids, {records:,} records")
        tables = [of_methods(stages, reviews), of_feeds(connection, chosen), of_plants(connection, world.truth, chosen),
                  of_blocks(connection), of_time(world, models)]  # fmt: skip
        for table in tables:
            if table:
                console.print(table)
        if arguments.errors:
            for words, listed in zip(
                ("wrong", "missed"), linkage.some_errors(connection, arguments.errors), strict=True
            ):
                for one, other in listed:
                    console.print(f"{words}: {one}\n       {other}", highlight=False, markup=False)
    return [f"seed {seed}: {words}" for stage, gate in gates for words in failures(stage, gate)]


def main() -> None:
    """Run the study; exit 1 if a gate fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hcps", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seeds", default="1", help="numbers with commas between; each is a world of its own")
    parser.add_argument("--errors", type=int, default=0, help="how many wrong and missed pairs to list")
    parser.add_argument("--rules-only", action="store_true", help="leave the probabilistic step off")
    parser.add_argument("--home", type=Path, help="keep the worlds here; without it they are made and removed")
    arguments = parser.parse_args()
    console, failed = Console(width=None if sys.stdout.isatty() else 200), []
    with tempfile.TemporaryDirectory(prefix="study_") as scratch:
        for seed in map(int, arguments.seeds.split(",")):
            folder = (arguments.home or Path(scratch)).absolute() / f"seed_{seed}"
            failed += study(console, folder, seed, arguments)
    for words in failed:
        console.print(f"[red]gate failed[/red] {words}")
    if failed:
        sys.exit(1)
    console.print("[green]all gates of identity passed[/green]")


if __name__ == "__main__":
    main()
