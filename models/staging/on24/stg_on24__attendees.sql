with

attendees as (
    select * from {{ accepted('on24', 'attendee') }}
),

forgotten as (
    select * from {{ ref('stg_on24__forgotten_users') }}
),

-- Of the vendor's three measures of a presence one is taken, so nothing counts twice (WEB-26).
final as (
    select
        attendees.eventid as event_id,
        attendees.eventuserid as event_user_id,
        case when forgotten.event_user_id is null then attendees.exteventusercd end as external_user_id,
        case when forgotten.event_user_id is null then {{ normalised_email('attendees.email') }} end as email,
        forgotten.event_user_id is not null as is_forgotten,
        60 * {{ parse_integer('liveminutes') }} as live_seconds,
        60 * {{ parse_integer('archiveminutes') }} as on_demand_seconds,
        {{ parse_timestamp('firstliveactivity', feed_zone('on24', 'attendee')) }} as live_from_at,
        {{ parse_timestamp('lastliveactivity', feed_zone('on24', 'attendee')) }} as live_to_at,
        {{ parse_timestamp('firstarchiveactivity', feed_zone('on24', 'attendee')) }} as on_demand_from_at,
        {{ parse_timestamp('lastarchiveactivity', feed_zone('on24', 'attendee')) }} as on_demand_to_at,
        {{ parse_integer('askedquestions') }} as asked_questions,
        {{ parse_integer('answeredpolls') }} as answered_polls,
        {{ parse_integer('answeredsurveys') }} as answered_surveys,
        {{ parse_decimal('certificationcredit', 12, 2) }} as certification_credit,
        {{ parse_decimal('engagementscore', 12, 2) }} as vendor_score,
        {{ lineage("attendees.eventid || '|' || attendees.eventuserid") }}
    from attendees
    left join forgotten on attendees.eventuserid = forgotten.event_user_id
)

select * from final
