with

links as (
    select
        links.*, members.cluster_id,
        row_number() over (
            partition by links.link_id, members.cluster_id order by links.known_at nulls last, links.node_id
        ) as place
    from {{ ref('int_identity__links') }} as links
    inner join {{ ref('int_identity__members') }} as members on links.node_id = members.node_id
),

-- A star round the node that held the evidence first: the later of two moments is then the same by any path through
-- it as it is directly, so nothing is lost against all pairs.
final as (
    select
        least(hub.node_id, spoke.node_id) as node_a, greatest(hub.node_id, spoke.node_id) as node_b, hub.cluster_id,
        spoke.tier, spoke.rule, rules.reason, min(greatest(hub.known_at, spoke.known_at)) as known_at
    from links as spoke
    inner join links as hub on spoke.link_id = hub.link_id and spoke.cluster_id = hub.cluster_id and hub.place = 1
    inner join {{ ref('identity_rules') }} as rules on spoke.rule = rules.rule
    where spoke.place > 1
    group by 1, 2, 3, 4, 5, 6
)

select * from final
