with recursive

members as (
    select * from {{ part_of('int_identity__members') }}
    where node_count between 2 and {{ var('identity_moments_max_nodes') }}
),

edges as (
    select edges.node_a, edges.node_b, min(edges.known_at) as known_at
    from {{ ref('int_identity__edges') }} as edges
    inner join members on edges.node_a = members.node_id
    group by edges.node_a, edges.node_b
),

steps as (
    select node_a as from_node, node_b as to_node, known_at from edges
    union all
    select node_b, node_a, known_at from edges
),

-- Along a path the latest edge decides, among paths the earliest: two ids are one person from then on.
paths as (
    select from_node, to_node, known_at from steps
    union
    select paths.from_node, steps.to_node, greatest(paths.known_at, steps.known_at)
    from paths
    inner join steps on paths.to_node = steps.from_node
    where paths.from_node <> steps.to_node
),

moments as (
    select from_node, to_node, min(known_at) as merged_at from paths group by from_node, to_node
),

nodes as (
    select node_id, source_system, id_type, id_value from {{ ref('int_identity__nodes') }}
),

final as (
    select
        members.person_key, a.id_type as id_type_a, a.id_value as id_value_a, a.source_system as source_system_a,
        b.id_type as id_type_b, b.id_value as id_value_b, b.source_system as source_system_b, moments.merged_at,
        moments.from_node as node_a, moments.to_node as node_b, moments.to_node = members.anchor_node_id as is_with_anchor
    from moments
    inner join members on moments.from_node = members.node_id
    inner join nodes as a on moments.from_node = a.node_id
    inner join nodes as b on moments.to_node = b.node_id
)

select * from final
