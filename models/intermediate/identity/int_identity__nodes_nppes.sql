with

providers as (
    select *, {{ valid_npi('npi') }} as checked_npi from {{ ref('stg_nppes__providers') }}
),

npis as (
    select npi from {{ ref('int_identity__npis') }} where standing = 'active'
),

specialties as (
    select npi, specialty from {{ ref('int_identity__npi_specialties') }}
),

-- Without an instant of its own it never leads a cluster: a reference file mints no key (ruling 17).
final as (
    select
        'nppes' as source_system, 'npi' as id_type, providers.npi as id_value, providers.checked_npi as npi,
        providers.checked_npi is null as has_invalid_npi, false as has_several_npis, false as has_several_names,
        {{ null_texts(['email', 'crm_id']) }},
        providers.first_name, providers.last_name, providers.city,
        specialties.specialty, 'US' as country_code, providers.region,
        providers.middle_name, {{ null_texts(['suffix']) }}, providers.other_last_name, providers.postal_code,
        providers.gender, false as is_hcp_evidence, false as is_deleted,
        false as is_dead_survivor, cast(null as timestamp) as first_known_at, providers.first_delivered_at as npi_known_at,
        cast(null as timestamp) as email_known_at, cast(null as timestamp) as crm_id_known_at,
        providers.delivered_at as profile_known_at,
        coalesce(cast(providers.updated_on as timestamp), providers.delivered_at) as changed_at,
        cast(null as date) as event_from_on
    from providers
    inner join npis on providers.npi = npis.npi
    left join specialties on providers.npi = specialties.npi
)

select * from final
