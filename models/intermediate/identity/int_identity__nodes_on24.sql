with

events as (
    select event_id from {{ ref('stg_on24__events') }} where not is_test
),

registrants as (
    select
        event_id, event_user_id, external_user_id, {{ valid_npi('npi') }} as checked_npi, npi, email, first_name, last_name, city,
        state, postal_code, registered_at as event_at, first_delivered_at, delivered_at, delivery, row_number, 1 as record_rank
    from {{ ref('stg_on24__registrants') }}
    where not is_forgotten
),

-- Who is no registrant may be waiting for a second opt-in (WEB-35): the attendee stands for itself.
attendees as (
    select
        event_id, event_user_id, external_user_id, null, null, email, null, null, null,
        null, null, coalesce(live_from_at, on_demand_from_at), first_delivered_at, delivered_at, delivery, row_number, 2
    from {{ ref('stg_on24__attendees') }}
    where not is_forgotten
),

records as (
    select
        records.*,
        case when length(external_user_id) in (15, 18) and external_user_id not like '%@%'
            then {{ salesforce_id('external_user_id') }} end as crm_id
    from (select * from registrants union all select * from attendees) as records
    inner join events on records.event_id = events.event_id
),

latest as (
    select
        *,
        row_number() over (
            partition by event_user_id
            order by
                case when email is null then 1 else 0 end, record_rank, delivered_at desc nulls last, last_name, first_name, email, city
        ) as recency
    from records
),

facts as (
    select
        event_user_id, min(checked_npi) as npi, coalesce(min(checked_npi) <> max(checked_npi), false) as has_several_npis,
        {{ has_several_names('first_name', 'last_name') }} as has_several_names,
        count(npi) > count(checked_npi) as has_invalid_npi, min(first_delivered_at) as first_known_at,
        min(case when checked_npi is not null then delivered_at end) as npi_known_at, max(crm_id) as crm_id,
        min(case when crm_id is not null then delivered_at end) as crm_id_known_at,
        max(delivered_at) as changed_at, cast(min(event_at) as date) as event_from_on
    from records
    group by event_user_id
),

moments as (
    select
        latest.event_user_id, min(case when records.email = latest.email then records.delivered_at end) as email_known_at,
        min(case when {{ same_values('records', 'latest', ['first_name', 'last_name', 'city']) }}
            then records.delivered_at end) as profile_known_at
    from latest
    inner join records on latest.event_user_id = records.event_user_id
    where latest.recency = 1
    group by latest.event_user_id
),

final as (
    select
        'on24' as source_system, 'on24_user' as id_type, latest.event_user_id as id_value,
        case when not facts.has_several_npis then facts.npi end as npi, facts.has_invalid_npi, facts.has_several_npis,
        facts.has_several_names,
        latest.email, facts.crm_id, latest.first_name, latest.last_name, latest.city,
        {{ null_texts(['specialty', 'country_code']) }}, latest.state as region,
        {{ null_texts(['middle_name', 'suffix', 'other_last_name']) }},
        latest.postal_code, {{ null_texts(['gender']) }},
        false as is_hcp_evidence, false as is_deleted, false as is_dead_survivor, facts.first_known_at, facts.npi_known_at,
        moments.email_known_at, facts.crm_id_known_at, moments.profile_known_at, facts.changed_at, facts.event_from_on
    from latest
    inner join facts on latest.event_user_id = facts.event_user_id
    inner join moments on latest.event_user_id = moments.event_user_id
    where latest.recency = 1
)

select * from final
