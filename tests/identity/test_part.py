"""Identity resolves only what a run's changes can reach (macros/identity_part.sql): the rows are those of a whole build, always.

The SQL is compiled once by dbt, for all ids and for a part, and run in memory on random days of a small world whose ids
collide. What dbt itself does (the mark of a finished run, replacing rows, a run that dies) is shown below on a home.
"""

import json
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import Any

import duckdb
import pytest

import deliveries
from deliveries.registry import load
from orchestration.pseudonyms import lend_key
from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import KEY, Home

FIRST, LAST = "int_identity__ties", "int_identity__resolution"
CHANGES, PART = "int_identity__changes", "int_identity__part"
SEEDS = {"identity_rules": "identity", "nicknames": "identity", "specialty_names": "identity", "us_states": "identity"}
TEXTS = ["first_name", "last_name", "city", "specialty", "country_code", "region", "middle_name", "suffix", "other_last_name",
         "postal_code", "gender", "npi", "recorded_npi", "npi_standing", "email", "crm_id"]  # fmt: skip
MOMENTS = ["first_known_at", "npi_known_at", "email_known_at", "crm_id_known_at", "profile_known_at", "changed_at"]
FLAGS = [
    "is_hcp_evidence",
    "has_several_names",
    "has_invalid_npi",
    "has_several_npis",
    "is_deleted",
    "is_dead_survivor",
]
SYSTEMS = {
    "veeva_crm": "veeva_crm_account",
    "sfmc": "sfmc_subscriber",
    "zoom": "zoom_registrant",
    "cme_lms": "lms_user",
}
INPUTS = {
    "int_identity__nodes": ", ".join(
        ["node_id text", "source_system text", "id_type text", "id_value text", "source_rank integer"]
        + [f"{name} text" for name in TEXTS]
        + [f"{name} timestamp" for name in MOMENTS]
        + [f"{name} boolean" for name in FLAGS]
    ),
    "int_identity__national_ids": "node_id text, country_code text, id_type text, id_value text, is_checked boolean,"
    " given_value text, known_at timestamp",
    "int_identity__licences": "node_id text, region text, licence_number text, family text, known_at timestamp, is_only_one boolean",
    "int_identity__merges": "loser_account_id text, survivor_account_id text, is_in_loop boolean, merged_at timestamp",
    "stg_veeva_crm__accounts": "account_id text, person_contact_id text",
    "stg_veeva_vault__older_ids": "older_id text, newer_id text",
    "int_identity__steward_pairs": "node_a text, node_b text, decision text, decided_at timestamp, reason_code text",
    "int_identity__guarded_mailboxes": "address text, reason text",
}
Row = dict[str, Any]


@dataclass
class Model:
    """One model as dbt compiled it."""

    name: str
    materialized: str
    key: str
    part: str
    whole_sql: str = ""
    part_sql: str = ""


def compile_models(home: Home) -> dict[str, dict[str, Any]]:
    variables = json.dumps({"as_of_on": "2026-07-01", "identity_part_max_share": 2})  # never too much for a part
    command = [DBT, "--quiet", "compile", "--select", f"{FIRST}+,+{LAST}"]
    subprocess.run(
        [*command, "--vars", variables],
        env=home.settings.process_environment(),
        cwd=PROJECT_DIR,
        check=True,
        capture_output=True,
    )
    nodes = json.loads(home.settings.manifest.read_text())["nodes"].values()
    return {node["unique_id"]: node for node in nodes if node["resource_type"] == "model" and node.get("compiled_code")}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Model]:
    """In the order in which they build on each other."""
    home = Home.make(tmp_path_factory.mktemp("compile") / "home")
    whole = compile_models(home)
    # With every table standing and no id in the part, dbt compiles what a run of a part would do.
    with duckdb.connect(str(home.settings.warehouse)) as connection:
        connection.execute("create schema if not exists intermediate")
        for node in whole.values():
            connection.execute(f"create or replace table intermediate.{node['name']} (node_id text)")
    part = compile_models(home)
    order = TopologicalSorter({key: set(node["depends_on"]["nodes"]) & set(whole) for key, node in whole.items()})
    return [
        Model(
            node["name"], node["config"]["materialized"], node["config"].get("unique_key") or "node_id",
            node["config"]["meta"].get("part", PART), node["compiled_code"], part[key]["compiled_code"],
        )
        for key, node in ((key, whole[key]) for key in order.static_order())
    ]  # fmt: skip


@dataclass
class World:
    """A few ids on one day."""

    random: random.Random
    nodes: dict[str, Row] = field(default_factory=dict)
    others: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in INPUTS})

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def moment(self) -> str:
        return f"2026-0{self.random.randint(1, 6)}-{self.random.randint(10, 28)}"

    def node(self, node_id: str) -> Row:
        system, value = node_id.split("|")
        npi = self.pick(None, None, "1", "2", "3", "4")
        account = system == "veeva_crm"
        return dict.fromkeys(TEXTS) | {
            "node_id": node_id, "source_system": system, "id_type": SYSTEMS[system], "id_value": value,
            "source_rank": list(SYSTEMS).index(system), **{name: self.moment() for name in MOMENTS},
            **dict.fromkeys(FLAGS, False), "is_hcp_evidence": account, "has_several_names": self.random.random() < 0.05,
            "first_name": self.pick(None, "Bob", "Robert", "Ada", "Adah", "A", "Unknown"),
            "last_name": self.pick("Example", "Exampel", "Fiction"), "other_last_name": self.pick(None, None, None, "Example"),
            "city": self.pick(None, "Fernford", "Fern Ford", "Ashby"), "region": self.pick(None, "OH", "Ohio", "NY"),
            "specialty": self.pick(None, "Cardiology", "Neurology", "a|Cardiology|"), "country_code": "US",
            "suffix": self.pick(None, None, None, "Jr", "Sr", "MD"), "gender": self.pick(None, "F", "M"),
            "middle_name": self.pick(None, None, "B", "C"), "npi": npi, "recorded_npi": npi,
            "email": self.pick(None, *(f"e{number}@example.org" for number in range(6))),
            "crm_id": None if account else self.pick(None, None, *(f"a{n}" for n in range(6)), "c1", "c2", "v1"),
        }  # fmt: skip

    def other(self, table: str) -> Row:
        node, account, further = (self.node_id(), f"a{self.random.randrange(8)}", f"a{self.random.randrange(8)}")
        if table == "int_identity__national_ids":
            return {"node_id": node, "country_code": "FR", "id_type": "rpps", "id_value": self.pick("7", "8"),
                    "is_checked": self.random.random() < 0.8, "given_value": "7", "known_at": self.moment()}  # fmt: skip
        if table == "int_identity__licences":
            return {"node_id": node, "region": self.pick("OH", "NY"), "licence_number": self.pick("5", "6"),
                    "family": self.pick("example", "fiction"), "known_at": self.moment(),
                    "is_only_one": self.random.random() < 0.8}  # fmt: skip
        if table == "int_identity__merges":
            return {"loser_account_id": account, "survivor_account_id": further,
                    "is_in_loop": account == further or self.random.random() < 0.1, "merged_at": self.moment()}  # fmt: skip
        if table == "stg_veeva_crm__accounts":
            return {"account_id": account, "person_contact_id": self.pick("c1", "c2", None)}
        if table == "stg_veeva_vault__older_ids":
            return {"older_id": account, "newer_id": self.pick("v1", "v2")}
        one, other = sorted((node, self.node_id()))
        return {"node_a": one, "node_b": other, "decision": self.pick("same", "same", "different"),
                "decided_at": self.moment(), "reason_code": None}  # fmt: skip

    def node_id(self) -> str:
        return self.pick(*sorted(self.nodes))

    def day(self, size: int) -> None:
        """New ids, changed ones, ids that vanish; ids and merges, contacts and decisions that come and go."""
        for _ in range(size):
            what = self.random.random()
            table = self.pick(
                *(name for name in INPUTS if name not in ("int_identity__nodes", "int_identity__guarded_mailboxes"))
            )
            if what < 0.3 or not self.nodes:
                system = self.pick(*SYSTEMS)
                node_id = f"{system}|{'a' if system == 'veeva_crm' else 'n'}{self.random.randrange(8)}"
                self.nodes[node_id] = self.node(node_id)
            elif what < 0.6:
                node = self.nodes[self.node_id()]
                column = self.pick(*TEXTS, *MOMENTS)
                node[column] = self.node(node["node_id"])[column]
            elif what < 0.7:
                del self.nodes[self.node_id()]
            elif what < 0.9:
                row = self.other(table)
                pairs = [row for row in self.others[table] if table == "int_identity__steward_pairs"]
                if (row.get("node_a"), row.get("node_b")) not in {(pair["node_a"], pair["node_b"]) for pair in pairs}:
                    self.others[table].append(row)
            elif self.others[table]:
                self.others[table].remove(self.pick(*self.others[table]))

    def rows(self) -> dict[str, list[Row]]:
        used = [node["email"] for node in self.nodes.values() if node["email"]]
        guarded = [
            {"address": email, "reason": "mailbox_limit"} for email in sorted(set(used)) if used.count(email) > 5
        ]
        unique = {
            name: [dict(row) for row in {tuple(row.items()) for row in rows}] for name, rows in self.others.items()
        }
        pairs = {"int_identity__steward_pairs": [
            row for row in unique["int_identity__steward_pairs"]
            if row["node_a"] != row["node_b"] and {row["node_a"], row["node_b"]} <= self.nodes.keys()
        ]}  # fmt: skip
        return {
            **unique,
            **pairs,
            "int_identity__nodes": list(self.nodes.values()),
            "int_identity__guarded_mailboxes": guarded,
        }


class Warehouse:
    """A warehouse in memory, and what dbt does to it."""

    def __init__(self, models: list[Model]) -> None:
        self.models = models
        self.connection = duckdb.connect(config={"threads": 1})
        lend_key(self.connection, KEY.encode())
        self.connection.execute("""
            set variable project_fingerprint = 'x'; attach ':memory:' as warehouse; create schema warehouse.intermediate;
            use warehouse.intermediate
        """)
        for seed in SEEDS:
            (path,) = PROJECT_DIR.glob(f"seeds/**/{seed}.csv")
            self.connection.execute(f"create table {seed} as from read_csv('{path}', nullstr = '')")

    def fill(self, inputs: dict[str, list[Row]]) -> None:
        for table, columns in INPUTS.items():
            self.connection.execute(f"create or replace table {table} ({columns})")
            for row in inputs[table]:
                places = ", ".join(f"${number + 1}" for number in range(len(row)))
                self.connection.execute(f"insert into {table} ({', '.join(row)}) values ({places})", list(row.values()))

    def has(self, query: str) -> bool:
        return bool(self.connection.execute(query).fetchall())

    def run(self, inputs: dict[str, list[Row]], until: int | None = None) -> None:
        """One run, or its first steps."""
        self.fill(inputs)
        for model in self.models[:until]:
            if model.name == CHANGES:
                whole = not self.has(f"select 1 from duckdb_tables() where table_name = '{LAST}'")
                self.connection.execute(f"drop table if exists {LAST}")
            elif model.name in ("int_identity__ties", "int_identity__current_states"):
                whole = True
            else:
                of = CHANGES if model.name in (PART, "int_identity__former_evidence") else model.part
                whole = self.has(f"select 1 from {of} where node_id is null")
            sql = (model.whole_sql if whole else model.part_sql).replace('"staging"', '"intermediate"')
            if model.materialized == "incremental" and not whole:
                self.connection.execute(f"create or replace temp table new_rows as {sql}")
                self.connection.execute(
                    f"delete from {model.name} where {model.key} in (select node_id from {model.part})"
                )
                self.connection.execute(f"insert into {model.name} from new_rows")
            else:
                self.connection.execute(
                    f"create or replace {'view' if model.materialized == 'view' else 'table'} {model.name} as {sql}"
                )

    def table(self, name: str) -> list[Any]:
        return sorted(self.connection.execute(f"select cast(t as varchar) from {name} as t").fetchall())


def differing(part: Warehouse, whole: Warehouse) -> list[str]:
    names = [model.name for model in part.models if model.materialized == "incremental"]
    return [name for name in names if part.table(name) != whole.table(name)]


def days(seed: int, models: list[Model]) -> Iterator[tuple[Warehouse, Warehouse]]:
    """A warehouse that has seen all days, beside one that is built from nothing on each; some runs die."""
    chance = random.Random(seed)
    world, daily = World(chance), Warehouse(models)
    world.day(40)
    daily.run(world.rows())
    for _ in range(4):
        world.day(chance.choice([0, 1, 1, 3]))
        if chance.random() < 0.15:
            daily.run(world.rows(), until=chance.randrange(4, len(models)))
            world.day(2)
        daily.run(world.rows())
        anew = Warehouse(models)
        anew.run(world.rows())
        yield daily, anew


@pytest.mark.parametrize("seed", range(8))
def test_a_part_gives_the_rows_of_the_whole(seed: int, models: list[Model]) -> None:
    for daily, anew in days(seed, models):
        assert differing(daily, anew) == []


def test_the_comparison_notices_a_part_that_is_too_small(models: list[Model]) -> None:
    """The changed ids alone, without those that evidence leads to."""
    narrow = f"select node_id from warehouse.intermediate.{CHANGES}"
    blind = [replace(model, part_sql=narrow) if model.name == PART else model for model in models]
    assert any(differing(daily, anew) for seed in range(10) for daily, anew in days(seed, blind))


# ---- by dbt, on a home whose ids are written straight into the tables that nodes are built from


class DailyHome:
    """A home that runs of dbt resolve, day by day."""

    def __init__(self, home: Home) -> None:
        self.home = home
        deliveries.receive(
            home.settings.landing, home.settings.home, load(PROJECT_DIR), {}
        )  # none: all tables are empty
        self.dbt("seed")
        self.dbt("run", "--select", f"+{LAST}")

    def dbt(self, *arguments: str, **variables: Any) -> None:
        command = [DBT, "--quiet", *arguments, "--vars", json.dumps({"as_of_on": "2026-07-01", **variables})]
        done = subprocess.run(
            command,
            env=self.home.settings.process_environment(),
            cwd=PROJECT_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]

    def deliver(self, world: World) -> None:
        """What the world holds today, in place of what it held."""
        with duckdb.connect(str(self.home.settings.warehouse)) as connection:
            for table in ("national_ids", "merges", *(f"nodes_{system}" for system in SYSTEMS)):
                connection.execute(f"delete from intermediate.int_identity__{table}")
            connection.execute("delete from staging.stg_privacy__steward_decisions")
            rows = world.rows()
            for node in rows["int_identity__nodes"]:
                self._insert(connection, f"intermediate.int_identity__nodes_{node['source_system']}", node)
            for table in ("int_identity__national_ids", "int_identity__merges"):
                for row in rows[table]:
                    self._insert(connection, f"intermediate.{table}", row)
            for number, row in enumerate(rows["int_identity__steward_pairs"]):
                (system_a, id_a), (system_b, id_b) = row["node_a"].split("|"), row["node_b"].split("|")
                decision = {
                    **row,
                    "record_id": str(number),
                    "system_a": system_a,
                    "id_a": id_a,
                    "system_b": system_b,
                    "id_b": id_b,
                }
                self._insert(connection, "staging.stg_privacy__steward_decisions", decision)

    @staticmethod
    def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
        held = {name for (name, *_) in connection.execute(f"describe {table}").fetchall()} & row.keys()
        places = ", ".join(f"${name}" for name in held)
        connection.execute(
            f"insert into {table} ({', '.join(held)}) values ({places})", {name: row[name] for name in held}
        )

    def run(self, *arguments: str, until: str = LAST, **variables: Any) -> bool:
        """One run; returns whether it resolved all ids."""
        self.dbt(
            "run", "--select", f"int_identity__nodes+,+{until}", *arguments, identity_part_max_share=2, **variables
        )
        if until != LAST:
            return False
        ((is_whole,),) = self.query(f"select is_whole from {LAST}")
        return bool(is_whole)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.settings.warehouse), read_only=True) as connection:
            connection.execute("use intermediate")
            return connection.execute(sql).fetchall()

    def tables(self, models: list[Model]) -> dict[str, list[Any]]:
        names = [model.name for model in models if model.materialized == "incremental"]
        return {name: sorted(self.query(f"select cast(t as varchar) from {name} as t")) for name in names}


@pytest.mark.warehouse
def test_a_home_resolves_a_part_and_everything_when_it_must(home: Home, models: list[Model]) -> None:
    world, daily = World(random.Random(5)), DailyHome(home)
    world.day(60)
    daily.deliver(world)
    assert daily.run()
    world.day(4)
    daily.deliver(world)
    assert not daily.run()
    ((changed, resolved),) = daily.query(f"select changed_count, resolved_count from {LAST}")
    assert 0 < changed <= resolved

    # A run that ends in the middle: the next one trusts nothing.
    world.day(4)
    daily.deliver(world)
    daily.run(until="int_identity__tier_2_reference")
    world.day(2)
    daily.deliver(world)
    assert daily.run()

    world.day(4)
    daily.deliver(world)
    assert not daily.run()
    found = daily.tables(models)
    assert daily.run("--full-refresh")
    assert found == daily.tables(models)

    # A table that is gone, and a setting that changed.
    with duckdb.connect(str(home.settings.warehouse)) as connection:
        connection.execute("drop table intermediate.int_identity__edges")
    assert daily.run()
    assert daily.run(identity_names_max=1)
    assert daily.run(identity_names_max=1) is False
