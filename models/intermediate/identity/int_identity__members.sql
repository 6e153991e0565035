with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

tiers as (
    select
        tier_0.node_id, tier_0.cluster_id as cluster_0, tier_1.cluster_id as cluster_1, tier_2.cluster_id as cluster_2,
        tier_3.cluster_id
    from {{ ref('int_identity__tier_0_steward') }} as tier_0
    inner join {{ ref('int_identity__tier_1_npi') }} as tier_1 on tier_0.node_id = tier_1.node_id
    inner join {{ ref('int_identity__tier_2_reference') }} as tier_2 on tier_0.node_id = tier_2.node_id
    inner join {{ ref('int_identity__tier_3_email') }} as tier_3 on tier_0.node_id = tier_3.node_id
),

-- Two nodes that a steward's `same` holds together are an HCP by decision (ruling 17).
decided as (
    select cluster_0 from tiers group by cluster_0 having count(*) > 1
),

ordered as (
    select
        tiers.*, nodes.own_key,
        nodes.is_hcp_evidence or decided.cluster_0 is not null as qualifies,
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
        max(case when seniority = 1 then own_key end) as person_key,
        max(case when seniority = 1 then cluster_0 end) as anchor_0, max(case when seniority = 1 then cluster_1 end) as anchor_1,
        max(case when seniority = 1 then cluster_2 end) as anchor_2, bool_or(qualifies) as is_hcp, count(*) as node_count
    from ordered
    group by cluster_id
),

final as (
    select
        ordered.node_id, ordered.cluster_id, people.anchor_node_id, people.person_key,
        case when people.is_hcp then people.person_key end as hcp_key, ordered.seniority, ordered.seniority = 1 as is_anchor,
        ordered.qualifies, people.node_count,
        -- The weakest rule that was needed to lead from this id to the anchor; null for the anchor itself.
        case
            when ordered.seniority = 1 then null
            when ordered.cluster_0 = people.anchor_0 then 0
            when ordered.cluster_1 = people.anchor_1 then 1
            when ordered.cluster_2 = people.anchor_2 then 2
            else 3
        end as tier
    from ordered
    inner join people on ordered.cluster_id = people.cluster_id
)

select * from final
