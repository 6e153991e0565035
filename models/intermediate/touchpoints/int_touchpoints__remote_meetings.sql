with

attendees as (
    select * from {{ ref('int_remote_meetings__attendees') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

final as (
    select
        attendees.source_system,
        attendees.source_object,
        attendees.record_id as source_record_id,
        'veeva_crm|Remote_Meeting_Attendee_vod__c|' || attendees.record_id as record_ref,
        attendees.delivery,
        attendees.row_number,
        attendees.first_delivered_at,
        'veeva_crm|Remote_Meeting_vod__c|' || attendees.remote_meeting_id as interaction_ref,
        'veeva_crm_account' as id_type,
        attendees.account_id as id_value,
        'video' as channel,
        case when attendees.is_of_event then 'event_attendance' else 'call' end as touchpoint_type,
        'mutual' as direction,
        {{ purpose_of_teams() }} as purpose,
        attendees.met_at as occurred_at,
        attendees.met_on as business_on,
        'exact' as time_confidence,
        attendees.owner_user_id as user_id,
        teams.team_function,
        teams.team,
        {{ null_texts(['product', 'topic', 'content_id', 'content_type', 'journey_id']) }},
        cast(null as bigint) as duration_seconds, -- engagement minutes belong to the meeting (CRM-43)
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        -- A meeting of few is a dialogue; presence at a virtual event needs evidence of its own (ruling 24).
        not attendees.is_of_event as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        true as is_response_observable,
        not attendees.is_of_event as is_two_way,
        case when not attendees.is_of_event then 'remote' end as consent_channel,
        {{ null_texts(['channel_value', 'scope_product_id', 'scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from attendees
    left join teams on {{ is_member_of_teams('attendees.owner_user_id', 'attendees.met_on') }}
)

select * from final
