with

clusters as (
    select node_id, id_type, id_value, person_key, hcp_key from {{ ref('int_identity__clusters') }}
),

nodes as (
    select node_id, npi, email from {{ ref('int_identity__nodes') }}
),

ids as (
    select id_type, id_value, person_key, hcp_key from clusters
    union
    select 'npi', nodes.npi, clusters.person_key, clusters.hcp_key
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    where nodes.npi is not null
    union
    select 'email', nodes.email, clusters.person_key, clusters.hcp_key
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    where nodes.email is not null
    union
    select 'licence', {{ split_rows('reports.licences', ';') }}, clusters.person_key, clusters.hcp_key
    from clusters
    inner join {{ ref('stg_cme_pars__learner_reports') }} as reports
        on clusters.id_type = 'cme_learner' and clusters.id_value = reports.provider_id || '|' || reports.learner_key
    where reports.licences is not null
),

final as (
    select id_type, id_value, person_key, hcp_key from ids
)

select * from final
