with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

clusters as (
    select node_id, person_key from {{ ref('int_identity__clusters') }}
),

versions as (
    select account_id, country_code, changed_at, valid_from_at, valid_to_at from {{ ref('stg_veeva_crm__account_versions') }}
),

-- A deleted account (a merge's loser, say) speaks only where no living one does; payment reports and registers say no more than US.
stretches as (
    select
        nodes.node_id, nodes.source_rank, nodes.is_deleted, versions.country_code, versions.changed_at,
        versions.valid_from_at, versions.valid_to_at
    from versions
    inner join nodes on versions.account_id = nodes.id_value and nodes.id_type = 'veeva_crm_account'
    union all
    select node_id, source_rank, is_deleted, country_code, changed_at, null, null
    from nodes where id_type in ('open_payments_profile', 'npi')
),

final as (
    select
        clusters.person_key, stretches.node_id, stretches.country_code, stretches.source_rank, stretches.is_deleted,
        stretches.changed_at,
        coalesce(stretches.valid_from_at, timestamp '0001-01-01 00:00:00') as valid_from_at,
        coalesce(stretches.valid_to_at, timestamp '9999-12-31 00:00:00') as valid_to_at
    from stretches
    inner join clusters on stretches.node_id = clusters.node_id
    where stretches.country_code is not null
)

select * from final
