with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

members as (
    select * from {{ part_of('int_identity__members') }}
),

moments as (
    select node_a as node_id, merged_at from {{ part_of('int_identity__merge_moments', node='node_a') }} where is_with_anchor
),

-- Where no path tells, and above the size that moments are worked out for: the last of all moments, the cautious reading.
late_moments as (
    select cluster_id, max(known_at) as merged_at from {{ part_of('int_identity__edges', node='node_a') }} group by cluster_id
),

methods as (
    select tier, min(method) as method from {{ ref('identity_rules') }} group by tier
),

final as (
    select
        members.node_id, nodes.source_system, nodes.id_type, nodes.id_value, members.person_key, members.hcp_key,
        case when members.hcp_key is null then 'unresolved' else coalesce(methods.method, 'source_id') end as method, members.tier,
        case
            when members.is_anchor then coalesce(nodes.first_known_at, nodes.npi_known_at)
            else coalesce(moments.merged_at, late_moments.merged_at, nodes.first_known_at)
        end as joined_at,
        case when members.is_anchor then members.person_key else {{ keyed_hash('members.node_id') }} end as own_key,
        members.is_anchor, members.qualifies, members.seniority, nodes.first_known_at
    from members
    inner join nodes on members.node_id = nodes.node_id
    left join methods on members.tier = methods.tier
    left join moments on members.node_id = moments.node_id
    left join late_moments on members.cluster_id = late_moments.cluster_id
)

select * from final
