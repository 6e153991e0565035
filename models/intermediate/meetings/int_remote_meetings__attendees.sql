with

meetings as (
    select *, coalesce(started_at, scheduled_from_at) as met_at
    from {{ ref('stg_veeva_crm__remote_meetings') }}
    where not coalesce(is_deleted, false)
),

attendees as (
    select * from {{ ref('stg_veeva_crm__remote_meeting_attendees') }} where not coalesce(is_deleted, false)
),

event_attendees as (
    select * from {{ ref('stg_veeva_crm__event_attendees') }}
),

accounts as (
    select account_id, is_person_account from {{ ref('stg_veeva_crm__accounts') }}
),

-- A match by rule is a guess until somebody records the person, and stays marked as one; who is not matched is kept
-- without a person (CRM-42).
matched as (
    select
        attendees.*,
        coalesce(attendees.account_id, event_attendees.account_id, attendees.reconciled_account_id) as matched_account_id,
        event_attendees.user_id as event_user_id,
        case
            when attendees.account_id <> attendees.reconciled_account_id then 'confirmed'
            when attendees.account_id is not null and attendees.reconciled_account_id is null then 'confirmed'
            when attendees.account_id is null and event_attendees.account_id is not null then 'confirmed'
            when attendees.reconciled_account_id is not null then 'matched_by_rule'
            else 'unmatched'
        end as match_status
    from attendees
    left join event_attendees on attendees.event_attendee_id = event_attendees.event_attendee_id
),

-- People only: colleagues, speakers of the event and organisations are no touches here. A meeting that never started is
-- none, even when attendees joined (CRM-41).
final as (
    select
        matched.remote_meeting_attendee_id,
        matched.remote_meeting_id,
        matched.matched_account_id as account_id,
        matched.match_status,
        matched.event_attendee_id,
        coalesce(meetings.record_type = 'Event_vod', false) or matched.event_attendee_id is not null as is_of_event,
        meetings.owner_user_id,
        meetings.met_at,
        {{ local_date('meetings.met_at', feed_zone('veeva_crm', 'Remote_Meeting_vod__c')) }} as met_on,
        meetings.engagement_minutes as meeting_engagement_minutes,
        matched.source_system, matched.source_object, matched.record_id, matched.delivery, matched.row_number, matched.first_delivered_at
    from matched
    inner join meetings on matched.remote_meeting_id = meetings.remote_meeting_id
    left join accounts on matched.matched_account_id = accounts.account_id
    where
        meetings.has_taken_place
        and meetings.met_at is not null
        and matched.event_speaker_id is null
        and (matched.matched_account_id is not null or (matched.user_id is null and matched.event_user_id is null))
        and (matched.user_id is null or matched.account_id is not null)
        and coalesce(accounts.is_person_account, true)
)

select * from final
