with

calls as (
    select
        *,
        -- A device that sends a call twice keeps its GUID: both records are the call first delivered (CRM-24).
        first_value(call_id) over (
            partition by coalesce(mobile_id, call_id) order by first_delivered_at nulls last, call_id
        ) as canonical_call_id
    from {{ ref('stg_veeva_crm__calls') }}
    where not coalesce(is_deleted, false)
),

accounts as (
    select * from {{ ref('stg_veeva_crm__accounts') }}
),

parents as (
    select parent_call_id as call_id from calls where parent_call_id is not null group by parent_call_id
),

-- Structure comes from the parent link, not from the call type or the parent flag (CRM-11, CRM-12). Submitted only
-- (CRM-14): an unlock sets header and children back (CRM-15), and a deleted header takes its children along (CRM-26).
leaves as (
    select
        calls.call_id,
        coalesce(headers.canonical_call_id, calls.canonical_call_id) as interaction_call_id,
        headers.call_id as header_call_id,
        calls.account_id,
        calls.attendee_type,
        coalesce(calls.owner_user_id, headers.owner_user_id) as owner_user_id,
        calls.call_on,
        coalesce(calls.call_at, headers.call_at) as call_at,
        coalesce(calls.call_channel, headers.call_channel) as call_channel,
        coalesce(calls.duration_minutes, headers.duration_minutes) as duration_minutes,
        calls.source_system,
        calls.source_object,
        coalesce(calls.remote_meeting_id, headers.remote_meeting_id) as remote_meeting_id,
        coalesce(calls.em_event_id, headers.em_event_id) as em_event_id,
        calls.record_id,
        calls.delivery,
        calls.row_number,
        calls.first_delivered_at
    from calls
    left join calls as headers on calls.parent_call_id = headers.call_id
    left join parents on calls.call_id = parents.call_id
    where
        parents.call_id is null
        and calls.status = 'Submitted_vod'
        and (calls.parent_call_id is null or headers.status = 'Submitted_vod')
),

-- People only: colleagues, organisations, groups and events on a call are no touches (CRM-01, CRM-13).
final as (
    select leaves.*
    from leaves
    left join accounts on leaves.account_id = accounts.account_id
    where
        leaves.account_id is not null
        and coalesce(accounts.is_person_account, leaves.attendee_type = 'Person_Account_vod', false)
)

select * from final
