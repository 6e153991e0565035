with

clinicians as (
    select *, {{ valid_npi('npi') }} as checked_npi from {{ ref('stg_cms_clinicians__clinicians') }}
),

moments as (
    select npi, min(first_delivered_at) as npi_known_at, max(delivered_at) as changed_at from clinicians group by npi
),

-- One clinician works at several addresses: the latest delivered, then the smallest address speaks.
ranked as (
    select
        *,
        row_number() over (
            partition by npi
            order by case when specialty is null then 1 else 0 end, delivered_at desc, address_id
        ) as place
    from clinicians
),

final as (
    select
        'cms_clinicians' as source_system, 'npi' as id_type, ranked.npi as id_value, ranked.checked_npi as npi,
        ranked.checked_npi is null as has_invalid_npi, false as has_several_npis, false as has_several_names,
        {{ null_texts(['email', 'crm_id']) }},
        ranked.first_name, ranked.last_name, ranked.city, ranked.specialty,
        'US' as country_code, ranked.region, ranked.middle_name, ranked.suffix, {{ null_texts(['other_last_name']) }},
        ranked.postal_code, ranked.gender, false as is_hcp_evidence, false as is_deleted, false as is_dead_survivor,
        cast(null as timestamp) as first_known_at, moments.npi_known_at, cast(null as timestamp) as email_known_at,
        cast(null as timestamp) as crm_id_known_at,
        ranked.delivered_at as profile_known_at, moments.changed_at, cast(null as date) as event_from_on
    from ranked
    inner join moments on ranked.npi = moments.npi
    where ranked.place = 1
)

select * from final
