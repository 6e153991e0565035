with

spans as (
    select * from {{ ref('int_interactions__presences') }}
),

refs as (
    select * from {{ ref('int_interactions__references') }}
),

numbers as (
    select 'veeva_crm|Remote_Meeting_vod__c|' || remote_meeting_id as ref, meeting_number
    from {{ ref('stg_veeva_crm__remote_meetings') }}
    union all
    select 'zoom|webinar|' || webinar_uuid, {{ meeting_number('webinar_id') }} from {{ ref('stg_zoom__webinars') }}
),

-- What a session can be part of: a remote meeting or a virtual event, or that of a call; null for a call of neither.
meetings as (
    select spans.*, case when spans.is_call then refs.parent_ref else spans.interaction_ref end as meeting_ref
    from spans
    left join refs on spans.interaction_ref = refs.child_ref
    where spans.is_crm
),

-- Sessions that no number joins to a meeting.
sessions as (
    select spans.*
    from spans
    left join refs on spans.interaction_ref = refs.child_ref
    where not spans.is_crm and refs.child_ref is null
),

-- A person is in one place at a time: a webinar platform and CRM that both saw the person there saw one meeting, unless
-- their numbers say otherwise (ruling 29).
seen_twice as (
    select
        sessions.interaction_ref as session_ref,
        meetings.interaction_ref as crm_ref,
        meetings.meeting_ref,
        abs({{ dbt.datediff('meetings.from_at', 'sessions.from_at', 'second') }}) as seconds_apart
    from sessions
    inner join meetings
        on sessions.person_key = meetings.person_key
        and sessions.from_at <= meetings.to_at
        and meetings.from_at <= sessions.to_at
    left join numbers as ours on meetings.meeting_ref = ours.ref
    left join numbers as theirs on sessions.interaction_ref = theirs.ref
    where coalesce(ours.meeting_number = theirs.meeting_number, true)
),

-- Upwards only, so that no circle can arise: the session into the meeting, a call of no meeting into the session.
candidates as (
    select session_ref as child_ref, meeting_ref as parent_ref, seconds_apart from seen_twice where meeting_ref is not null
    union all
    select crm_ref, session_ref, seconds_apart from seen_twice where meeting_ref is null
),

ranked as (
    select *, row_number() over (partition by child_ref order by seconds_apart, parent_ref) as place from candidates
),

final as (
    select child_ref, parent_ref from ranked where place = 1
)

select * from final
