with

nodes as (
    select * from {{ part_of('int_identity__nodes') }} where not has_several_names
),

profiles as (
    select * from {{ part_of('int_identity__profiles') }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }}
),

claims as (
    select 'npi' as rule, npi as claim, node_id, npi_known_at as known_at from nodes where npi is not null
    union all
    select 'national_id', country_code || '|' || id_type || '|' || id_value, node_id, known_at
    from {{ part_of('int_identity__national_ids') }}
    where is_checked
    union all
    select 'email', nodes.email, nodes.node_id, nodes.email_known_at
    from nodes
    left join guarded on nodes.email = guarded.address
    where nodes.email is not null and guarded.address is null
),

final as (
    select
        claims.rule, claims.claim, claims.node_id,
        profiles.formal || ' ' || profiles.family || coalesce(' ' || profiles.suffix, '') as full_name, profiles.formal, profiles.family,
        profiles.other_family, profiles.suffix, profiles.gender, profiles.specialty, claims.known_at
    from claims
    left join profiles on claims.node_id = profiles.node_id
)

select * from final
