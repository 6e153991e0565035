with

links as (
    select * from {{ ref('int_identity__links') }}
),

members as (
    select node_id, cluster_id from {{ ref('int_identity__members') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

cluster_npis as (
    select members.cluster_id, min(nodes.npi) as npi, max(nodes.npi) as other_npi
    from members
    inner join nodes on members.node_id = nodes.node_id
    where nodes.npi is not null
    group by members.cluster_id
),

different_clusters as (
    select least(one.cluster_id, other.cluster_id) as cluster_a, greatest(one.cluster_id, other.cluster_id) as cluster_b
    from {{ ref('int_identity__steward_pairs') }} as pairs
    inner join members as one on pairs.node_a = one.node_id
    inner join members as other on pairs.node_b = other.node_id
    where pairs.decision = 'different'
    group by 1, 2
),

sides as (
    select
        links.link_id, links.tier, links.rule, members.cluster_id, min(links.node_id) as node_id, max(links.known_at) as known_at,
        min(members.cluster_id) over (partition by links.link_id) as first_cluster_id
    from links
    inner join members on links.node_id = members.node_id
    group by links.link_id, links.tier, links.rule, members.cluster_id
),

pairs as (
    select
        one.node_id as node_a, other.node_id as node_b, one.cluster_id as cluster_a, other.cluster_id as cluster_b, other.tier,
        other.rule, greatest(one.known_at, other.known_at) as known_at
    from sides as other
    inner join sides as one on other.link_id = one.link_id and one.cluster_id = other.first_cluster_id
    where other.cluster_id <> other.first_cluster_id
),

final as (
    select
        pairs.node_a, pairs.node_b, pairs.tier, pairs.rule,
        case
            when different_clusters.cluster_a is not null then 'steward_different'
            when a.npi <> b.npi or a.other_npi <> b.other_npi then 'different_npis'
            else 'component_in_conflict'
        end as rejected_by,
        {{ identity_reason('pairs.rule') }} as reason, pairs.known_at
    from pairs
    left join different_clusters
        on least(pairs.cluster_a, pairs.cluster_b) = different_clusters.cluster_a
        and greatest(pairs.cluster_a, pairs.cluster_b) = different_clusters.cluster_b
    left join cluster_npis as a on pairs.cluster_a = a.cluster_id
    left join cluster_npis as b on pairs.cluster_b = b.cluster_id
    union all
    select
        'veeva_crm|' || loser_account_id, 'veeva_crm|' || survivor_account_id, 2, 'merge', 'merge_loop',
        {{ identity_reason("'merge'") }}, min(merged_at)
    from {{ ref('int_identity__merges') }}
    where is_in_loop
    group by loser_account_id, survivor_account_id
)

select * from final
