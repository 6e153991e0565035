with

clusters as (
    select node_id, id_type, id_value, person_key, hcp_key from {{ ref('int_identity__clusters') }}
),

nodes as (
    select node_id, npi, recorded_npi, email from {{ ref('int_identity__nodes') }}
),

ids as (
    select id_type, id_value, person_key, hcp_key from clusters
    union
    select 'npi', nodes.npi, clusters.person_key, clusters.hcp_key
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    where nodes.npi is not null
    union
    -- A request may name an NPI that has been replaced or withdrawn since.
    select 'npi', nodes.recorded_npi, clusters.person_key, clusters.hcp_key
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    where nodes.recorded_npi is not null
    union
    select 'email', nodes.email, clusters.person_key, clusters.hcp_key
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    where nodes.email is not null
    union
    select 'national_id', national_ids.id_value, clusters.person_key, clusters.hcp_key
    from clusters
    inner join {{ ref('int_identity__national_ids') }} as national_ids on clusters.node_id = national_ids.node_id
    union
    select 'national_id', national_ids.given_value, clusters.person_key, clusters.hcp_key
    from clusters
    inner join {{ ref('int_identity__national_ids') }} as national_ids on clusters.node_id = national_ids.node_id
    union
    select learner_ids.id_type, learner_ids.id_value, clusters.person_key, clusters.hcp_key
    from clusters
    inner join {{ ref('int_learners__ids') }} as learner_ids
        on clusters.id_type = learner_ids.learner_type and clusters.id_value = learner_ids.learner_value
    where learner_ids.id_type in ('licence', 'lms_user')
    union
    select 'licence', taxonomies.licence_state || ':' || taxonomies.licence_number, clusters.person_key, clusters.hcp_key
    from clusters
    inner join {{ ref('stg_nppes__taxonomies') }} as taxonomies
        on clusters.node_id = 'nppes|' || taxonomies.npi and clusters.id_type = 'npi'
    where taxonomies.licence_state is not null and taxonomies.licence_number is not null
),

final as (
    select id_type, id_value, person_key, hcp_key from ids
)

select * from final
