{%- set tiers = identity_tiers() -%}
with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

tiers as (
    select
        tier_0.node_id
        {%- for tier in tiers %}, tier_{{ loop.index0 }}.cluster_id as cluster_{{ loop.index0 }}{% endfor %},
        tier_{{ tiers | length - 1 }}.cluster_id
    from {{ part_of('int_identity__tier_' ~ tiers[0]) }} as tier_0
    {%- for tier in tiers[1:] %}
    inner join {{ ref('int_identity__tier_' ~ tier) }} as tier_{{ loop.index }} on tier_0.node_id = tier_{{ loop.index }}.node_id
    {%- endfor %}
),

-- Two nodes that a steward's `same` holds together are an HCP by decision (ruling 17).
decided as (
    select cluster_0 from tiers group by cluster_0 having count(*) > 1
),

ordered as (
    select
        tiers.*, nodes.is_hcp_evidence or decided.cluster_0 is not null as qualifies,
        row_number() over (
            partition by tiers.cluster_id
            order by nodes.first_known_at nulls last, nodes.source_rank nulls last, nodes.node_id
        ) as seniority
    from tiers
    inner join nodes on tiers.node_id = nodes.node_id
    left join decided on tiers.cluster_0 = decided.cluster_0
),

people as (
    select
        cluster_id, max(case when seniority = 1 then node_id end) as anchor_node_id,
        {%- for tier in tiers %}
        max(case when seniority = 1 then cluster_{{ loop.index0 }} end) as anchor_{{ loop.index0 }},
        {%- endfor %}
        bool_or(qualifies) as is_hcp, count(*) as node_count
    from ordered
    group by cluster_id
),

keyed as (
    select *, {{ keyed_hash('anchor_node_id') }} as person_key from people
),

final as (
    select
        ordered.node_id, ordered.cluster_id, people.anchor_node_id, people.person_key, people.is_hcp,
        case when people.is_hcp then people.person_key end as hcp_key, ordered.seniority, ordered.seniority = 1 as is_anchor,
        ordered.qualifies, people.node_count,
        -- The weakest rule that was needed to lead from this id to the anchor; null for the anchor itself.
        case
            when ordered.seniority = 1 then null
            {%- for tier in tiers %}
            when ordered.cluster_{{ loop.index0 }} = people.anchor_{{ loop.index0 }} then {{ loop.index0 }}
            {%- endfor %}
        end as tier
    from ordered
    inner join keyed as people on ordered.cluster_id = people.cluster_id
)

select * from final
