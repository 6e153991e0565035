with

-- Evidence that its own tier rejected joined nobody, even where other evidence did later: it dates no merge.
held as (
    {%- for tier in identity_tiers() %}
    select links.*, clusters.cluster_id
    from {{ ref('int_identity__links') }} as links
    inner join {{ part_of('int_identity__tier_' ~ tier) }} as clusters on links.node_id = clusters.node_id
    where links.tier = {{ loop.index0 }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        *, row_number() over (partition by link_id, cluster_id order by known_at nulls last, node_id) as place
    from held
),

decided as (
    select node_id, cluster_id from {{ ref('int_identity__tier_0_steward') }}
),

ids as (
    select * from {{ ref('int_identity__exclusive_ids') }}
),

-- A star round the node that held the evidence first: the later of two moments is then the same by any path through
-- it as it is directly, so nothing is lost against all pairs.
stars as (
    select
        hub.node_id as hub_id, spoke.node_id as spoke_id, spoke.tier, spoke.rule, greatest(hub.known_at, spoke.known_at) as known_at
    from placed as spoke
    inner join placed as hub on spoke.link_id = hub.link_id and spoke.cluster_id = hub.cluster_id and hub.place = 1
    where spoke.place > 1
),

-- What a steward joined, or two ids of which a person has one would part, was one from the decision on.
overruled as (
    select stars.hub_id, stars.spoke_id
    from stars
    inner join decided as one on stars.hub_id = one.node_id
    inner join decided as other on stars.spoke_id = other.node_id and one.cluster_id = other.cluster_id
    union
    select stars.hub_id, stars.spoke_id
    from stars
    inner join ids as one on stars.hub_id = one.node_id
    inner join ids as other on stars.spoke_id = other.node_id and one.scope = other.scope and one.id_value <> other.id_value
),

final as (
    select
        least(stars.hub_id, stars.spoke_id) as node_a, greatest(stars.hub_id, stars.spoke_id) as node_b, members.cluster_id, stars.tier,
        stars.rule, rules.reason, min(stars.known_at) as known_at
    from stars
    inner join {{ ref('int_identity__members') }} as members on stars.hub_id = members.node_id
    inner join {{ ref('identity_rules') }} as rules on stars.rule = rules.rule
    left join overruled on stars.hub_id = overruled.hub_id and stars.spoke_id = overruled.spoke_id
    where stars.tier = 0 or overruled.hub_id is null
    group by 1, 2, 3, 4, 5, 6
)

select * from final
