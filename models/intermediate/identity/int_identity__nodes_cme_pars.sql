with

reports as (
    select *, provider_id || '|' || learner_key as id_value, {{ valid_npi('npi') }} as checked_npi
    from {{ ref('stg_cme_pars__learner_reports') }}
    where learner_key is not null
),

-- Who never agreed to be named is nobody here (CME-11): such a report is no node, so nothing can lead to it.
unshared as (
    select delivery, row_number from {{ ref('int_quarantine__unshared_learners') }} where object = 'learner_report'
),

records as (
    select reports.*
    from reports
    left join unshared on reports.delivery = unshared.delivery and reports.row_number = unshared.row_number
    where unshared.delivery is null
),

facts as (
    select
        id_value, min(checked_npi) as npi,
        bool_or(has_several_npis) or coalesce(min(checked_npi) <> max(checked_npi), false) as has_several_npis,
        {{ has_several_names('given_name', 'family_name') }} as has_several_names,
        count(npi) > count(checked_npi) as has_invalid_npi, min(first_delivered_at) as first_known_at,
        min(case when checked_npi is not null then delivered_at end) as npi_known_at,
        max(delivered_at) as changed_at, min(completed_on) as event_from_on
    from records
    group by id_value
),

names as (
    select
        id_value, given_name, family_name,
        row_number() over (
            partition by id_value order by delivered_at desc nulls last, family_name, given_name
        ) as recency
    from records
),

final as (
    select
        'cme_pars' as source_system, 'cme_learner' as id_type, facts.id_value,
        case when not coalesce(facts.has_several_npis, false) then facts.npi end as npi, facts.has_invalid_npi,
        coalesce(facts.has_several_npis, false) as has_several_npis, facts.has_several_names, {{ null_texts(['email', 'crm_id']) }},
        names.given_name as first_name, names.family_name as last_name,
        {{ null_texts(['city', 'specialty', 'country_code', 'region', 'middle_name', 'suffix']) }},
        {{ null_texts(['other_last_name', 'postal_code', 'gender']) }},
        facts.npi is not null as is_hcp_evidence, false as is_deleted, false as is_dead_survivor, facts.first_known_at,
        facts.npi_known_at, cast(null as timestamp) as email_known_at, cast(null as timestamp) as crm_id_known_at,
        facts.first_known_at as profile_known_at, facts.changed_at, facts.event_from_on
    from facts
    inner join names on facts.id_value = names.id_value and names.recency = 1
)

select * from final
