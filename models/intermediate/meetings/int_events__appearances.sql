with

events as (
    select
        *, coalesce(started_on, {{ local_date('started_at', feed_zone('veeva_crm', 'EM_Event_vod__c')) }}) as business_on
    from {{ ref('stg_veeva_crm__events') }}
    where not coalesce(is_deleted, false)
),

attendees as (
    select * from {{ ref('stg_veeva_crm__event_attendees') }} where not coalesce(is_deleted, false)
),

speakers as (
    select * from {{ ref('stg_veeva_crm__event_speakers') }}
    where
        not coalesce(is_deleted, false) and account_id is not null
        and coalesce(status, '') not in ('Rejected_vod', 'Cancelled_vod', 'Canceled_vod')
),

accounts as (
    select account_id, is_person_account from {{ ref('stg_veeva_crm__accounts') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

attendance_types as (
    select * from {{ ref('attendance_types') }}
),

present as (
    select event_id, account_id from attendees
    where status in ('Attended_vod', 'Signed_vod') and account_id is not null
    group by event_id, account_id
),

billed as (
    select event_id, account_id from speakers group by event_id, account_id
),

-- Attended and signed are attendance; invited, accepted or a cleared signature are not (CRM-46, CRM-47). Colleagues,
-- contacts and the speakers of that event are no audience (CRM-49). A walk-in has no account until somebody finds it, and
-- is nobody's touch before (CRM-48).
rows_of_attendees as (
    select
        attendees.source_system, attendees.source_object, 'veeva_crm|EM_Attendee_vod__c|' || attendees.record_id as record_ref,
        attendees.record_id, attendees.delivery, attendees.row_number,
        attendees.delivered_at, attendees.first_delivered_at, attendees.event_id,
        case when coalesce(attendees.walk_in_status, '') <> 'Needs_Reconciliation_vod' then attendees.account_id end as account_id,
        case
            when attendees.status in ('Attended_vod', 'Signed_vod')
                and attendees.user_id is null and attendees.contact_id is null and billed.event_id is null
                and coalesce(attendees.walk_in_status, '') not in ('Dismissed_vod', 'Reconciled_To_Existing_User_vod')
                then 'event_attendance'
        end as touchpoint_type,
        case when attendees.attendance_type is null then false else attendance_types.is_virtual end as is_virtual,
        coalesce(attendees.has_consumed_meal, false) and attendees.account_id is not null as has_consumed_meal
    from attendees
    left join billed on attendees.event_id = billed.event_id and attendees.account_id = billed.account_id
    left join attendance_types on attendees.attendance_type = attendance_types.attendance_type
),

rows_of_speakers as (
    select
        speakers.source_system, speakers.source_object, 'veeva_crm|EM_Event_Speaker_vod__c|' || speakers.record_id,
        speakers.record_id, speakers.delivery, speakers.row_number, speakers.delivered_at, speakers.first_delivered_at,
        speakers.event_id, speakers.account_id, 'speaking', false, false
    from speakers
    left join present on speakers.event_id = present.event_id and speakers.account_id = present.account_id
    where speakers.status in ('Attended_vod', 'Signed_vod') or present.event_id is not null
),

final as (
    select
        appearances.*, events.topic_id, events.started_at, events.business_on, events.owner_user_id, teams.team, teams.team_function,
        {{ purpose_of_teams() }} as purpose
    from (select * from rows_of_attendees union all select * from rows_of_speakers) as appearances
    inner join events on appearances.event_id = events.event_id and events.business_on is not null
    left join accounts on appearances.account_id = accounts.account_id
    left join teams on {{ is_member_of_teams('events.owner_user_id', 'events.business_on') }}
    where
        coalesce(accounts.is_person_account, true)
        -- Nobody has attended what lies ahead: such rows wait in int_quarantine__missing_starts.
        and not coalesce({{ lies_ahead('coalesce(events.started_at, cast(events.business_on as timestamp))', 'appearances.delivered_at') }}, false)
)

select * from final
