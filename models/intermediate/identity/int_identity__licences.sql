with

learners as (
    select
        {{ identity_system('system') }} || '|' || learner_value as node_id, split_part(id_value, ':', 1) as region,
        split_part(id_value, ':', 2) as licence_number
    from {{ ref('int_learners__ids') }}
    where id_type = 'licence'
),

registered as (
    select 'nppes|' || npi as node_id, licence_state as region, upper(licence_number) as licence_number
    from {{ ref('stg_nppes__taxonomies') }}
    where licence_state is not null and licence_number is not null
),

unioned as (
    select node_id, region, licence_number from learners
    union
    select node_id, region, licence_number from registered
),

nodes as (
    select node_id, last_name, coalesce(changed_at, first_known_at) as known_at
    from {{ ref('int_identity__nodes') }}
    where not has_several_names
),

final as (
    select
        unioned.node_id, unioned.region, unioned.licence_number, {{ folded('nodes.last_name') }} as family, nodes.known_at,
        count(*) over (partition by unioned.node_id, unioned.region) = 1 as is_only_one
    from unioned
    inner join nodes on unioned.node_id = nodes.node_id
)

select * from final
