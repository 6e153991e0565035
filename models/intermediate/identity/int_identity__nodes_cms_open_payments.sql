with

payments as (
    select *, {{ valid_npi('npi') }} as checked_npi
    from {{ ref('stg_cms_open_payments__general_payments') }}
    where profile_id is not null
),

facts as (
    select
        profile_id, min(checked_npi) as npi, min(checked_npi) <> max(checked_npi) as has_several_npis,
        count(npi) > count(checked_npi) as has_invalid_npi, min(first_delivered_at) as first_known_at,
        min(case when checked_npi is not null then delivered_at end) as npi_known_at,
        max(delivered_at) as changed_at, min(paid_on) as event_from_on
    from payments
    group by profile_id
),

latest as (
    select
        profile_id, first_name, middle_name, last_name, suffix, specialty, city, state, postal_code,
        row_number() over (
            partition by profile_id order by delivered_at desc nulls last, last_name, first_name, city, specialty
        ) as recency
    from payments
),

profile_moments as (
    select latest.profile_id, min(payments.delivered_at) as known_at
    from latest
    inner join payments
        on latest.profile_id = payments.profile_id
        and {{ same_values('payments', 'latest', ['first_name', 'last_name', 'city', 'specialty']) }}
    where latest.recency = 1
    group by latest.profile_id
),

final as (
    select
        'cms_open_payments' as source_system, 'open_payments_profile' as id_type, facts.profile_id as id_value,
        case when not facts.has_several_npis then facts.npi end as npi, facts.has_invalid_npi,
        coalesce(facts.has_several_npis, false) as has_several_npis, false as has_several_names, {{ null_texts(['email', 'crm_id']) }}, latest.first_name,
        latest.last_name,
        latest.city, latest.specialty, 'US' as country_code, latest.state as region, latest.middle_name, latest.suffix,
        {{ null_texts(['other_last_name']) }}, latest.postal_code, {{ null_texts(['gender']) }},
        true as is_hcp_evidence, false as is_deleted, false as is_dead_survivor, facts.first_known_at, facts.npi_known_at,
        cast(null as timestamp) as email_known_at, cast(null as timestamp) as crm_id_known_at,
        profile_moments.known_at as profile_known_at, facts.changed_at,
        facts.event_from_on
    from facts
    inner join latest on facts.profile_id = latest.profile_id and latest.recency = 1
    inner join profile_moments on facts.profile_id = profile_moments.profile_id
)

select * from final
