with

links as (
    select * from {{ ref('int_identity__links') }}
),

members as (
    select node_id, cluster_id from {{ ref('int_identity__members') }}
),

cluster_ids as (
    select members.cluster_id, ids.scope, ids.id_value
    from {{ ref('int_identity__exclusive_ids') }} as ids
    inner join members on ids.node_id = members.node_id
    group by members.cluster_id, ids.scope, ids.id_value
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

-- Ids of which a person has one, and the two sides hold different ones.
contradictions as (
    select pairs.cluster_a, pairs.cluster_b, bool_or(one.scope = 'npi') as is_npi
    from pairs
    inner join cluster_ids as one on pairs.cluster_a = one.cluster_id
    inner join cluster_ids as other
        on pairs.cluster_b = other.cluster_id and one.scope = other.scope and one.id_value <> other.id_value
    group by pairs.cluster_a, pairs.cluster_b
),

final as (
    select
        pairs.node_a, pairs.node_b, pairs.tier, pairs.rule,
        case
            when different_clusters.cluster_a is not null then 'steward_different'
            when contradictions.is_npi then 'different_npis'
            when contradictions.cluster_a is not null then 'different_ids'
            else 'component_in_conflict'
        end as rejected_by,
        rules.reason, pairs.known_at
    from pairs
    left join different_clusters
        on least(pairs.cluster_a, pairs.cluster_b) = different_clusters.cluster_a
        and greatest(pairs.cluster_a, pairs.cluster_b) = different_clusters.cluster_b
    left join contradictions on pairs.cluster_a = contradictions.cluster_a and pairs.cluster_b = contradictions.cluster_b
    inner join {{ ref('identity_rules') }} as rules on pairs.rule = rules.rule
    union all
    select
        'veeva_crm|' || merges.loser_account_id, 'veeva_crm|' || merges.survivor_account_id, rules.tier, rules.rule, 'merge_loop',
        rules.reason, min(merges.merged_at)
    from {{ ref('int_identity__merges') }} as merges
    inner join {{ ref('identity_rules') }} as rules on rules.rule = 'merge'
    where merges.is_in_loop
    group by merges.loser_account_id, merges.survivor_account_id, rules.tier, rules.rule, rules.reason
)

select * from final
