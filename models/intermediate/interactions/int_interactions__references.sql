with

calls as (
    select
        'veeva_crm|Call2_vod__c|' || interaction_call_id as call_ref,
        min(remote_meeting_id) as remote_meeting_id,
        min(em_event_id) as event_id
    from {{ ref('int_calls__attendees') }}
    group by interaction_call_id
),

meetings as (
    select * from {{ ref('stg_veeva_crm__remote_meetings') }}
),

attendees as (
    select * from {{ ref('stg_veeva_crm__remote_meeting_attendees') }} where not is_deleted
),

guests as (
    select event_attendee_id as guest_id, event_id from {{ ref('stg_veeva_crm__event_attendees') }}
    union all
    select event_speaker_id, event_id from {{ ref('stg_veeva_crm__event_speakers') }}
),

sessions as (
    select * from {{ ref('stg_zoom__webinars') }}
),

-- A meeting that never started, or was deleted, is no interaction, so nothing is part of it (CRM-41).
reported as (
    select
        calls.call_ref,
        calls.event_id,
        case when meetings.remote_meeting_id is null or (meetings.has_taken_place and not meetings.is_deleted) then calls.remote_meeting_id end
            as remote_meeting_id
    from calls
    left join meetings on calls.remote_meeting_id = meetings.remote_meeting_id
),

-- The meeting does not name its event; its attendees do, and calls that name both.
hosting as (
    select attendees.remote_meeting_id, guests.event_id
    from attendees
    inner join guests on coalesce(attendees.event_attendee_id, attendees.event_speaker_id) = guests.guest_id
    union all
    select remote_meeting_id, event_id from reported where remote_meeting_id is not null
),

-- Zoom sessions of the meeting's number that began within two hours of it (ruling 29); a number serves many occurrences.
numbered as (
    select
        sessions.webinar_uuid,
        meetings.remote_meeting_id,
        row_number() over (
            partition by sessions.webinar_uuid
            order by
                abs({{ dbt.datediff('meetings.started_at', 'sessions.started_at', 'second') }}), meetings.remote_meeting_id
        ) as place
    from sessions
    inner join meetings
        on {{ meeting_number('sessions.webinar_id') }} = meetings.meeting_number
        and abs({{ dbt.datediff('meetings.started_at', 'sessions.started_at', 'second') }}) <= 7200
    where meetings.has_taken_place and not meetings.is_deleted
),

final as (
    select
        call_ref as child_ref,
        coalesce('veeva_crm|Remote_Meeting_vod__c|' || remote_meeting_id, 'veeva_crm|EM_Event_vod__c|' || event_id) as parent_ref
    from reported
    where coalesce(remote_meeting_id, event_id) is not null
    union all
    select 'veeva_crm|Remote_Meeting_vod__c|' || remote_meeting_id, 'veeva_crm|EM_Event_vod__c|' || min(event_id)
    from hosting
    where event_id is not null
    group by remote_meeting_id
    union all
    select 'zoom|webinar|' || webinar_uuid, 'veeva_crm|Remote_Meeting_vod__c|' || remote_meeting_id
    from numbered
    where place = 1
)

select * from final
