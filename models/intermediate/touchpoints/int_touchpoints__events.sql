with

appearances as (
    select * from {{ ref('int_events__appearances') }} where touchpoint_type is not null
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

final as (
    select
        appearances.source_system,
        appearances.source_object,
        appearances.record_id as source_record_id,
        appearances.record_ref,
        appearances.delivery,
        appearances.row_number,
        appearances.first_delivered_at,
        'veeva_crm|EM_Event_vod__c|' || appearances.event_id as interaction_ref,
        'veeva_crm_account' as id_type,
        appearances.account_id as id_value,
        'event' as channel,
        appearances.touchpoint_type,
        'mutual' as direction,
        appearances.purpose,
        appearances.started_at as occurred_at,
        appearances.business_on,
        case when appearances.started_at is null then 'date_only' else 'exact' end as time_confidence,
        appearances.owner_user_id as user_id,
        appearances.team_function,
        appearances.team,
        content.product,
        content.topic,
        appearances.topic_id as content_id,
        content.content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(null as bigint) as duration_seconds, -- the event's length is nobody's presence
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        -- In person is human; virtual needs evidence of presence, which the platform's own records bring (ruling 24).
        coalesce(not appearances.is_virtual, false) as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        appearances.is_virtual is not null as is_response_observable,
        appearances.touchpoint_type = 'speaking' as is_two_way,
        cast(null as {{ type_text() }}) as consent_channel, -- attendance needs no permission (ruling 34)
        {{ null_texts(['channel_value', 'scope_product_id', 'scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from appearances
    left join content on appearances.topic_id = content.content_id
)

select * from final
