with

activities as (
    select
        *,
        case when record_type in ('Engage_vod', 'Cobrowse_vod') then 'Video_vod' else 'Other_vod' end as call_channel,
        {{ local_date('started_at', feed_zone('veeva_crm', 'Multichannel_Activity_vod__c')) }} as started_on
    from {{ ref('stg_veeva_crm__multichannel_activities') }}
    where not coalesce(is_deleted, false)
),

-- A session of a call is part of that call (CRM-36), and so are the sessions below it.
alone as (
    select activities.*, coalesce(above.activity_id, activities.activity_id) as session_id
    from activities
    left join activities as above on activities.parent_activity_id = above.activity_id
    where activities.call_id is null and above.call_id is null and activities.started_at is not null
),

accounts as (
    select account_id, is_person_account from {{ ref('stg_veeva_crm__accounts') }}
),

call_channels as (
    select * from {{ ref('call_channels') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

final as (
    select
        alone.source_system, alone.source_object, alone.record_id as source_record_id,
        'veeva_crm|Multichannel_Activity_vod__c|' || alone.record_id as record_ref,
        alone.delivery, alone.row_number, alone.first_delivered_at,
        'veeva_crm|Multichannel_Activity_vod__c|' || alone.session_id as interaction_ref,
        'veeva_crm_account' as id_type,
        alone.account_id as id_value, -- without an account it is nobody's, and never the organizer's (CRM-37)
        call_channels.channel,
        'call' as touchpoint_type,
        call_channels.direction,
        {{ purpose_of_teams() }} as purpose,
        alone.started_at as occurred_at, alone.started_on as business_on, 'exact' as time_confidence,
        alone.organizer_user_id as user_id, teams.team_function, teams.team,
        alone.product_id as product,
        {{ null_texts(['topic', 'content_id', 'content_type', 'journey_id']) }},
        alone.duration_seconds, -- the header's total, which is the sum of the lines (CRM-38)
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        call_channels.is_human as is_human_by_nature,
        false as has_machine_click, false as has_unknown_event,
        call_channels.is_response_observable, call_channels.is_two_way, call_channels.consent_channel,
        cast(null as {{ type_text() }}) as channel_value,
        alone.product_id as scope_product_id,
        {{ null_texts(['scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from alone
    inner join call_channels on alone.call_channel = call_channels.call_channel
    left join accounts on alone.account_id = accounts.account_id
    left join teams on {{ is_member_of_teams('alone.organizer_user_id', 'alone.started_on') }}
    where coalesce(accounts.is_person_account, true)
)

select * from final
