with

payments as (
    select * from {{ ref('int_payments__classified') }}
),

final as (
    select
        'cms_open_payments' as source_system,
        'general' as source_object,
        record_id as source_record_id,
        'cms_open_payments|general|' || record_id as record_ref,
        delivery,
        row_number,
        first_delivered_at,
        interaction_ref,
        'open_payments_profile' as id_type,
        profile_id as id_value,
        channel,
        touchpoint_type,
        'mutual' as direction,
        purpose,
        cast(null as timestamp) as occurred_at,
        paid_on as business_on,
        'date_only' as time_confidence,
        {{ null_texts(['user_id', 'team_function', 'team']) }},
        product,
        {{ null_texts(['topic', 'content_id', 'content_type', 'journey_id']) }},
        cast(null as bigint) as duration_seconds,
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        true as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        true as is_response_observable,
        true as is_two_way,
        consent_channel,
        {{ null_texts(['channel_value', 'scope_product_id', 'scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from payments
    where interaction_ref is not null -- null for value without a touch, and for hospitals, which have no profile
)

select * from final
