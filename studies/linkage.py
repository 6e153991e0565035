"""How well a clustering finds who is who: pairs of records, against a known truth.

A record is an id of a source. Webinar platforms hand out a new id per registration, and providers of education report one
learner's number each, so the registrations of one person on one platform under one name and address are one record, and so
are the reports of one learner's number: else the pairs of a few busy people, which any rule finds, would be most of all
pairs. The plain figures, where each id is a record, can be had beside it.
"""

from dataclasses import dataclass

import duckdb

ANY = "*"


@dataclass(frozen=True)
class Pairs:
    """Pairs that the truth holds, that the clustering holds, and that both hold."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def stages(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """The tiers of the clustering that this warehouse has: number and table."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'warehouse' and table_name like 'int_identity__tier_%'"
    ).fetchall()
    return sorted((int(name.split("_")[4]), str(name)) for (name,) in tables)


def read_records(connection: duckdb.DuckDBPyConnection, truth: str) -> None:
    """Makes table `records`: node, source, person, unit; `truth` is a relation of person, system, type and value of an id."""
    connection.execute(f"""
        create or replace temp table records as
        select
            nodes.node_id, nodes.source_system as source, truth.person_id as person, nodes.npi,
            min(nodes.node_id) over (partition by truth.person_id, case
                when nodes.source_system in ('zoom', 'on24') then concat_ws('|', nodes.source_system,
                    lower(trim(nodes.first_name)), lower(trim(nodes.last_name)), nodes.email)
                when nodes.source_system = 'cme_pars' then 'learner|' || split_part(nodes.id_value, '|', 2)
                else nodes.node_id end) = nodes.node_id as is_record
        from int_identity__nodes as nodes
        inner join (select distinct person_id, system, id_type, id_value from {truth}) as truth
            on nodes.source_system = truth.system and nodes.id_type = truth.id_type and nodes.id_value = truth.id_value
    """)


def read_clusters(connection: duckdb.DuckDBPyConnection, table: str, *, plain: bool = False) -> None:
    """Makes table `found`: each record with the cluster in which a table of node and cluster puts it."""
    connection.execute(f"""
        create or replace temp table found as
        select records.node_id, records.source, records.person, records.npi, clusters.cluster_id as cluster
        from records
        inner join {table} as clusters on records.node_id = clusters.node_id
        where is_record or {plain}
    """)


def pairs_by_source(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Pairs]:
    """Pairs of `found` per pair of sources, and of all under (ANY, ANY); counted by groups, so no pair is written out."""
    grouping = {"true": "person", "found": "cluster", "right": "person, cluster"}
    counted = " union all ".join(
        f"select '{name}' as what, hash({group}) as part, source, count(*) as n from found group by {group}, source"
        for name, group in grouping.items()
    )
    rows = connection.execute(f"""
        with counted as ({counted})
        select one.source, other.source, one.what,
            cast(sum(case when one.source = other.source then one.n * (one.n - 1) // 2 else one.n * other.n end) as bigint)
        from counted as one
        inner join counted as other on one.what = other.what and one.part = other.part and one.source <= other.source
        group by all
    """).fetchall()
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for one, other, what, n in rows:
        for key in ((str(one), str(other)), (ANY, ANY)):
            part = counts.setdefault(key, dict.fromkeys(grouping, 0))
            part[str(what)] += int(n)
    return {key: Pairs(**part) for key, part in counts.items()}


def pairs(connection: duckdb.DuckDBPyConnection) -> Pairs:
    """All pairs of `found`."""
    return pairs_by_source(connection).get((ANY, ANY), Pairs(0, 0, 0))


def largest(connection: duckdb.DuckDBPyConnection) -> int:
    """Ids in the largest cluster of `found`; a system that hands out several to one person counts once."""
    (size,) = connection.execute("""
        select max(n) from (
            select count(distinct case when source in ('zoom', 'on24', 'cme_pars', 'cme_lms') then source else node_id end) as n
            from found
            group by cluster
        )
    """).fetchone() or (0,)
    return int(size or 0)


def clusters_with_two_npis(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Clusters of all nodes with two valid NPIs that no steward put together (the one listed exception)."""
    (count,) = connection.execute(f"""
        with held as (
            select distinct clusters.cluster_id, nodes.npi
            from int_identity__nodes as nodes
            inner join {table} as clusters on nodes.node_id = clusters.node_id
            where nodes.npi is not null
        ),
        excused as (
            select distinct one.npi as npi_a, other.npi as npi_b
            from int_identity__tier_0_steward as a
            inner join int_identity__tier_0_steward as b on a.cluster_id = b.cluster_id
            inner join int_identity__nodes as one on a.node_id = one.node_id
            inner join int_identity__nodes as other on b.node_id = other.node_id and one.npi < other.npi
        )
        select count(distinct a.cluster_id)
        from held as a
        inner join held as b on a.cluster_id = b.cluster_id and a.npi < b.npi
        left join excused on a.npi = excused.npi_a and b.npi = excused.npi_b
        where excused.npi_a is null
    """).fetchone() or (0,)
    return int(count)


def unresolved(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, tuple[int, int]]:
    """Touches whose id belongs to no HCP under a clustering, and all touches; per feed and under ANY."""
    rows = connection.execute(f"""
        with people as (
            select clusters.cluster_id
            from {table} as clusters
            inner join int_identity__members as members on clusters.node_id = members.node_id
            group by clusters.cluster_id
            having bool_or(members.qualifies)
        ),
        resolved as (
            select nodes.source_system, nodes.id_type, nodes.id_value
            from people
            inner join {table} as clusters on people.cluster_id = clusters.cluster_id
            inner join int_identity__nodes as nodes on clusters.node_id = nodes.node_id
        )
        select touches.source_system, count(*) - count(resolved.id_value), count(*)
        from int_touchpoints__unioned as touches
        left join resolved
            on case touches.source_system when 'veeva_vault' then 'veeva_crm' else touches.source_system end = resolved.source_system
            and touches.id_type = resolved.id_type and touches.id_value = resolved.id_value
        group by 1
    """).fetchall()
    shares = {str(feed): (int(open_ones), int(touches)) for feed, open_ones, touches in rows}
    return {**shares, ANY: (sum(n for n, _ in shares.values()), sum(n for _, n in shares.values()))}


def some_errors(
    connection: duckdb.DuckDBPyConnection, count: int
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Wrong and missed pairs of `found` with what stands on both sides. For invented people only."""
    described = "concat_ws(' ', n.node_id, n.npi, n.first_name, n.last_name, n.city, n.region, n.specialty, n.email)"
    select = f"""
        with sides as (
            select found.*, {described} as words from found inner join int_identity__nodes as n on found.node_id = n.node_id
        )
        select one.words, other.words
        from sides as one
        inner join sides as other on one.node_id < other.node_id and """
    last = f" order by hash(one.node_id || other.node_id) limit {count}"
    wrong = connection.execute(f"{select} one.cluster = other.cluster and one.person <> other.person {last}").fetchall()
    missed = connection.execute(
        f"{select} one.person = other.person and one.cluster <> other.cluster {last}"
    ).fetchall()
    return wrong, missed
