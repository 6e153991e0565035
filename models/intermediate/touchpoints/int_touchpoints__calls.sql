with

attendees as (
    select * from {{ ref('int_calls__attendees') }}
),

call_channels as (
    select * from {{ ref('call_channels') }}
),

subjects as (
    select * from {{ ref('int_calls__subjects') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

-- Details and messages stand on the attendee's row or on the header; a copied child counts once (CRM-21).
described as (
    select
        attendees.*,
        coalesce(own.product_id, shared.product_id) as product_id,
        coalesce(own.content_id, shared.content_id) as content_id
    from attendees
    left join subjects as own on attendees.call_id = own.call_id
    left join subjects as shared on attendees.header_call_id = shared.call_id
),

final as (
    select
        described.source_system,
        described.source_object,
        described.record_id as source_record_id,
        'veeva_crm|Call2_vod__c|' || described.record_id as record_ref,
        described.delivery,
        described.row_number,
        described.first_delivered_at,
        'veeva_crm|Call2_vod__c|' || described.interaction_call_id as interaction_ref,
        'veeva_crm_account' as id_type,
        described.account_id as id_value,
        -- A blank channel is not face to face (CRM-23).
        coalesce(call_channels.channel, 'other') as channel,
        'call' as touchpoint_type,
        coalesce(call_channels.direction, 'mutual') as direction,
        {{ purpose_of_teams() }} as purpose,
        described.call_at as occurred_at,
        described.call_on as business_on, -- CRM-17
        case when described.call_at is null then 'date_only' else 'exact' end as time_confidence,
        described.owner_user_id as user_id,
        teams.team_function,
        teams.team,
        described.product_id as product,
        content.topic,
        described.content_id,
        content.content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(described.duration_minutes * 60 as bigint) as duration_seconds, -- the person's minutes (CRM-22)
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        coalesce(call_channels.is_human, false) as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        coalesce(call_channels.is_response_observable, false) as is_response_observable,
        coalesce(call_channels.is_two_way, false) as is_two_way,
        coalesce(call_channels.consent_channel, 'any') as consent_channel,
        cast(null as {{ type_text() }}) as channel_value,
        described.product_id as scope_product_id,
        {{ null_texts(['scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from described
    left join call_channels on described.call_channel = call_channels.call_channel
    left join teams on {{ is_member_of_teams('described.owner_user_id', 'described.call_on') }}
    left join content on described.content_id = content.content_id
)

select * from final
