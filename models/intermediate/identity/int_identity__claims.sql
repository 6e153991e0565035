with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }}
),

claims as (
    select 'npi' as rule, npi as claim, node_id, npi_known_at as known_at from nodes where npi is not null
    union all
    select 'email', nodes.email, nodes.node_id, nodes.email_known_at
    from nodes
    left join guarded on nodes.email = guarded.address
    where nodes.email is not null and guarded.address is null
),

final as (
    select
        claims.rule, claims.claim, claims.node_id, profiles.formal || ' ' || profiles.family as full_name, profiles.formal,
        profiles.family, profiles.other_family, claims.known_at
    from claims
    left join profiles on claims.node_id = profiles.node_id
)

select * from final
