with

members as (
    select * from {{ ref('int_identity__members') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

-- Webinar platforms hand out an id per registration, education one per provider: there a system counts once.
held as (
    select
        members.cluster_id, members.node_id, members.hcp_key, members.seniority, members.node_count, nodes.npi, nodes.first_known_at,
        case
            when nodes.source_system in ('zoom', 'on24', 'cme_pars', 'cme_lms') then nodes.source_system else nodes.node_id
        end as holder
    from members
    inner join nodes on members.node_id = nodes.node_id
),

final as (
    select
        cluster_id, max(hcp_key) as hcp_key, count(*) as node_count, count(distinct holder) as holder_count,
        coalesce(min(npi) <> max(npi), false) as has_two_npis, max(case when seniority = 1 then node_id end) as first_node_id,
        max(case when seniority = node_count then node_id end) as last_node_id, max(first_known_at) as last_known_at
    from held
    group by cluster_id
)

select * from final
