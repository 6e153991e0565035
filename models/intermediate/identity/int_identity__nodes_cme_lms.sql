with

credits as (
    select
        'credit' as object, provider_id || '|' || lms_user_id as id_value, email, first_name, last_name,
        cast(coalesce(completed_at, enrolled_from_at) as date) as event_on, delivery, row_number, delivered_at, first_delivered_at
    from {{ ref('stg_cme_lms__credits') }}
),

statements as (
    select
        'xapi' as object, provider_id || '|' || lms_user_id as id_value, email,
        {{ null_texts(['first_name', 'last_name']) }},
        cast(occurred_at as date) as event_on, delivery, row_number, delivered_at, first_delivered_at
    from {{ ref('stg_cme_lms__statements') }}
    where lms_user_id is not null
),

unioned as (
    select * from credits
    union all
    select * from statements
),

-- Who never agreed to be named is nobody here (CMP-22): such a row is no node, so nothing can lead to it.
records as (
    select unioned.*
    from unioned
    left join {{ ref('int_quarantine__unshared_learners') }} as unshared
        on unioned.object = unshared.object
        and unioned.delivery = unshared.delivery
        and unioned.row_number = unshared.row_number
    where unshared.delivery is null
),

latest as (
    select
        *,
        row_number() over (
            partition by id_value
            order by case when email is null then 1 else 0 end, case when last_name is null then 1 else 0 end,
                delivered_at desc nulls last, last_name, first_name, email
        ) as recency
    from records
),

facts as (
    select
        id_value, {{ has_several_names('first_name', 'last_name') }} as has_several_names,
        min(first_delivered_at) as first_known_at, max(delivered_at) as changed_at, min(event_on) as event_from_on
    from records
    group by id_value
),

email_moments as (
    select id_value, email, min(delivered_at) as known_at from records where email is not null group by id_value, email
),

-- Neither feed carries an NPI, so neither makes anybody an HCP (ruling 17): a learner is one once the address links.
final as (
    select
        'cme_lms' as source_system, 'lms_user' as id_type, latest.id_value,
        {{ null_texts(['npi']) }}, false as has_invalid_npi, false as has_several_npis, facts.has_several_names, latest.email,
        {{ null_texts(['crm_id']) }}, latest.first_name, latest.last_name,
        {{ null_texts(['city', 'specialty', 'country_code', 'region', 'middle_name', 'suffix']) }},
        {{ null_texts(['other_last_name', 'postal_code', 'gender']) }},
        false as is_hcp_evidence, false as is_deleted, false as is_dead_survivor, facts.first_known_at,
        cast(null as timestamp) as npi_known_at, email_moments.known_at as email_known_at,
        cast(null as timestamp) as crm_id_known_at, facts.first_known_at as profile_known_at, facts.changed_at, facts.event_from_on
    from latest
    inner join facts on latest.id_value = facts.id_value
    left join email_moments on latest.id_value = email_moments.id_value and latest.email = email_moments.email
    where latest.recency = 1
)

select * from final
