{%- set columns = [
    'touchpoint_id', 'interaction_id', 'person_key', 'hcp_key', 'identity_method',
    'source_system', 'source_object', 'source_record_id', 'delivery', 'row_number', 'first_delivered_at', 'id_type', 'id_value',
    'channel', 'touchpoint_type', 'direction', 'purpose', 'occurred_at', 'business_on', 'time_confidence',
    'user_id', 'team_function', 'team', 'product', 'topic', 'content_id', 'content_type', 'journey_id',
    'duration_seconds', 'is_delivered', 'human_response_at', 'is_human_by_nature', 'has_machine_click', 'has_unknown_event',
    'is_response_observable', 'is_two_way', 'consent_channel', 'channel_value', 'scope_product_id', 'scope_detail_group_id',
    'scope_content_type_id', 'scope_list_id', 'is_response_to_request', 'record_count'
] -%}
with

-- Most touches have one record, and pass as they are.
touches as (
    select {{ columns | join(', ') }} from {{ ref('int_touchpoints__keyed') }} where record_count = 1
    union all
    select {{ columns | join(', ') }} from {{ ref('int_touchpoints__merged') }}
),

countries as (
    select * from {{ ref('int_hcps__countries') }}
),

final as (
    select
        touches.*,
        {{ keyed_hash("'veeva_crm_user|' || touches.user_id") }} as user_key,
        countries.country_code,
        countries.country_codes
    from touches
    left join countries
        on touches.person_key = countries.person_key
        and (
            countries.valid_from_at is null
            or coalesce(touches.occurred_at, cast(touches.business_on as timestamp)) >= countries.valid_from_at
        )
        and (
            countries.valid_to_at is null
            or coalesce(touches.occurred_at, cast(touches.business_on as timestamp)) < countries.valid_to_at
        )
)

select * from final
