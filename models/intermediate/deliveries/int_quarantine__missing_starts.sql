with

present as (
    select source_system, source_object, delivery, row_number, delivered_at, event_id
    from {{ ref('stg_veeva_crm__event_attendees') }}
    where status in ('Attended_vod', 'Signed_vod')
    union all
    select source_system, source_object, delivery, row_number, delivered_at, event_id
    from {{ ref('stg_veeva_crm__event_speakers') }}
    where status in ('Attended_vod', 'Signed_vod')
),

-- An event may lie ahead, its attendance may not; the other objects' own rows say when they were (`future` in the registry).
rows_of_touches as (
    select present.source_system, present.source_object, present.delivery, present.row_number,
        coalesce(events.started_at, cast(events.started_on as timestamp)) as started_at, present.delivered_at as known_at
    from present
    inner join {{ ref('stg_veeva_crm__events') }} as events on present.event_id = events.event_id
    union all
    select attendees.source_system, attendees.source_object, attendees.delivery, attendees.row_number,
        coalesce(meetings.started_at, meetings.scheduled_from_at), cast(null as timestamp)
    from {{ ref('stg_veeva_crm__remote_meeting_attendees') }} as attendees
    inner join {{ ref('stg_veeva_crm__remote_meetings') }} as meetings
        on attendees.remote_meeting_id = meetings.remote_meeting_id
    where meetings.has_taken_place
    union all
    select source_system, source_object, delivery, row_number, started_at, cast(null as timestamp)
    from {{ ref('stg_veeva_crm__multichannel_activities') }}
    where call_id is null
    union all
    select source_system, source_object, delivery, row_number, created_at, cast(null as timestamp)
    from {{ ref('stg_veeva_crm__medical_inquiries') }}
    where status in ('Submitted_vod', 'Closed')
),

final as (
    select
        source_system as system,
        source_object as object,
        delivery,
        row_number,
        case when started_at is null then 'start_missing' else 'future_event' end as reason_code,
        cast(null as {{ type_text() }}) as column_names
    from rows_of_touches
    where started_at is null or {{ lies_ahead('started_at', 'known_at') }}
)

select * from final
