with

clusters as (
    select * from {{ ref('int_identity__clusters') }} where hcp_key is not null
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

rejected as (
    select node_a as node_id from {{ ref('int_identity__rejected_edges') }} where tier <= 2
    union
    select node_b from {{ ref('int_identity__rejected_edges') }} where tier <= 2
),

-- One NPI under names that cannot be one person's: both sides are told (IDN-06).
contested_npis as (
    select claim as npi from {{ ref('int_identity__claim_names') }} where rule = 'npi' and not do_agree group by claim
),

records as (
    select
        clusters.node_id, clusters.hcp_key, clusters.source_system, nodes.npi,
        coalesce(nodes.event_from_on, cast(nodes.first_known_at as date)) as seen_on,
        coalesce(nodes.is_dead_survivor, false) or coalesce(nodes.has_several_npis, false) or rejected.node_id is not null
        or contested_npis.npi is not null as is_in_conflict,
        clusters.id_type in ('cme_learner', 'lms_user') as is_education, clusters.id_type = 'npi' as is_register
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    left join rejected on clusters.node_id = rejected.node_id
    left join contested_npis on nodes.npi = contested_npis.npi
),

-- Sales and marketing learn nothing that only education knows (CMP-26), nor what a register says of an NPI that only education
-- gave.
marked as (
    select
        *,
        not is_education and (
            not is_register
            or sum(case when is_education or is_register then 0 else 1 end) over (partition by hcp_key, npi) > 0
        ) as is_commercial
    from records
),

final as (
    select *, bool_or(is_commercial and not is_register) over (partition by hcp_key) as is_known_commercially from marked
)

select * from final
