with

viewings as (
    select
        *,
        case when viewing = 'on_demand' then '|on_demand' else '' end as part,
        -- A forgotten person's touch stays, and is nobody's (WEB-20).
        case when not is_forgotten then event_user_id end as id_value
    from {{ ref('int_on24__viewings') }}
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

final as (
    select
        'on24' as source_system, 'attendee' as source_object, viewings.record_id as source_record_id,
        'on24|attendee|' || viewings.record_id || viewings.part as record_ref,
        viewings.delivery, viewings.row_number, viewings.first_delivered_at,
        'on24|event|' || viewings.event_id || viewings.part as interaction_ref,
        'on24_user' as id_type, viewings.id_value,
        'webinar_' || viewings.viewing as channel,
        'webinar_attendance' as touchpoint_type,
        'mutual' as direction,
        'promotional' as purpose, -- the feed does not say who held it (ruling 23)
        viewings.viewed_from_at as occurred_at, viewings.viewed_on as business_on,
        case when viewings.viewed_from_at is null then 'date_only' else 'exact' end as time_confidence,
        {{ null_texts(['user_id', 'team_function', 'team']) }},
        content.product, content.topic, content.content_id, content.content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(viewings.viewed_seconds as bigint) as duration_seconds,
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        viewings.has_stayed or viewings.has_answered as is_human_by_nature,
        false as has_machine_click, false as has_unknown_event,
        true as is_response_observable,
        viewings.has_answered as is_two_way,
        {{ null_texts(['consent_channel', 'channel_value']) }},
        {{ null_texts(['scope_product_id', 'scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from viewings
    left join content on viewings.event_id = content.content_id
)

select * from final
