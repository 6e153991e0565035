with

registrants as (
    select
        'zoom_registrant' as id_type, registrant_id as id_value, npi, email, first_name, last_name, city, state as region,
        postal_code, first_delivered_at, delivered_at, delivery, row_number, registered_at as event_at
    from {{ ref('stg_zoom__registrants') }}
    where registrant_id is not null
),

-- Who joined without a registration is known by the address given, else not at all (WEB-03); display names never
-- match (WEB-11); hosts and staff are nobody's HCP (WEB-04).
participants as (
    select
        case when registrant_id is null then 'zoom_guest' else 'zoom_registrant' end as id_type,
        coalesce(registrant_id, email) as id_value, {{ null_texts(['npi']) }}, email,
        {{ null_texts(['first_name', 'last_name', 'city', 'region', 'postal_code']) }},
        first_delivered_at, delivered_at, delivery, row_number, joined_at as event_at
    from {{ ref('stg_zoom__participants') }}
    where coalesce(registrant_id, email) is not null and not coalesce(is_internal, false)
),

-- People of the user interface's reports; their registration stands on their first line only.
report_people as (
    select
        'zoom_guest' as id_type, lines.email as id_value, lines.npi, lines.email, lines.first_name, lines.last_name,
        {{ null_texts(['city', 'region', 'postal_code']) }}, lines.first_delivered_at, lines.delivered_at,
        lines.delivery, lines.row_number, coalesce(lines.registered_at, lines.joined_at) as event_at
    from {{ ref('stg_zoom__report_attendees') }} as lines
    inner join {{ ref('int_webinars__reports') }} as reports on lines.report_id = reports.report_id
    where lines.role = 'audience' and lines.email is not null and coalesce(lines.email <> reports.host_email, true)
),

records as (
    select *, {{ valid_npi('npi') }} as checked_npi, 1 as record_rank from registrants
    union all
    select *, {{ valid_npi('npi') }}, case when first_name is null and last_name is null then 2 else 1 end from report_people
    union all
    select *, null, 2 from participants
),

latest as (
    select
        *,
        row_number() over (
            partition by id_type, id_value
            order by case when email is null then 1 else 0 end, record_rank, delivered_at desc nulls last, last_name, first_name, email, city
        ) as recency
    from records
),

facts as (
    select
        id_type, id_value, min(checked_npi) as npi, min(checked_npi) <> max(checked_npi) as has_several_npis,
        {{ has_several_names('first_name', 'last_name') }} as has_several_names,
        count(npi) > count(checked_npi) as has_invalid_npi, min(first_delivered_at) as first_known_at,
        min(case when checked_npi is not null then delivered_at end) as npi_known_at,
        max(delivered_at) as changed_at, cast(min(event_at) as date) as event_from_on
    from records
    group by id_type, id_value
),

moments as (
    select
        latest.id_type, latest.id_value, min(case when records.email = latest.email then records.delivered_at end) as email_known_at,
        min(case when {{ same_values('records', 'latest', ['first_name', 'last_name', 'city']) }} then records.delivered_at end)
            as profile_known_at
    from latest
    inner join records on latest.id_type = records.id_type and latest.id_value = records.id_value
    where latest.recency = 1
    group by latest.id_type, latest.id_value
),

final as (
    select
        'zoom' as source_system, latest.id_type, latest.id_value,
        case when not facts.has_several_npis then facts.npi end as npi, facts.has_invalid_npi,
        coalesce(facts.has_several_npis, false) as has_several_npis, facts.has_several_names, latest.email, {{ null_texts(['crm_id']) }},
        latest.first_name, latest.last_name, latest.city, {{ null_texts(['specialty', 'country_code']) }}, latest.region,
        {{ null_texts(['middle_name', 'suffix', 'other_last_name']) }}, latest.postal_code, {{ null_texts(['gender']) }},
        false as is_hcp_evidence, false as is_deleted, false as is_dead_survivor, facts.first_known_at, facts.npi_known_at,
        moments.email_known_at, cast(null as timestamp) as crm_id_known_at, moments.profile_known_at, facts.changed_at,
        facts.event_from_on
    from latest
    inner join facts on latest.id_type = facts.id_type and latest.id_value = facts.id_value
    inner join moments on latest.id_type = moments.id_type and latest.id_value = moments.id_value
    where latest.recency = 1
)

select * from final
