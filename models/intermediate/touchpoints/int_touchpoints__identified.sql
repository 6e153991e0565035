with

records as (
    select * from {{ ref('int_touchpoints__keyed') }}
),

countries as (
    select * from {{ ref('int_hcps__countries') }}
),

-- Several records of one touch: the earliest delivered describes it, and what any of them shows, holds.
evidence as (
    select
        touchpoint_id,
        count(*) as record_count,
        max(duration_seconds) as duration_seconds,
        bool_or(is_delivered) as is_delivered,
        min(human_response_at) as human_response_at,
        bool_or(is_human_by_nature) as is_human_by_nature,
        bool_or(has_machine_click) as has_machine_click,
        bool_or(has_unknown_event) as has_unknown_event,
        bool_or(is_response_observable) as is_response_observable,
        bool_or(is_two_way) as is_two_way
    from records
    group by touchpoint_id
),

final as (
    select
        records.touchpoint_id, records.interaction_id, records.person_key, records.hcp_key, records.identity_method,
        {{ keyed_hash("'veeva_crm_user|' || records.user_id") }} as user_key,
        countries.country_code,
        records.source_system, records.source_object, records.source_record_id, records.delivery, records.row_number,
        records.first_delivered_at, records.id_type, records.id_value,
        records.channel, records.touchpoint_type, records.direction, records.purpose,
        records.occurred_at, records.business_on, records.time_confidence,
        records.user_id, records.team_function, records.team,
        records.product, records.topic, records.content_id, records.content_type, records.journey_id,
        evidence.duration_seconds, evidence.is_delivered, evidence.human_response_at,
        evidence.is_human_by_nature, evidence.has_machine_click,
        evidence.has_unknown_event, evidence.is_response_observable, evidence.is_two_way,
        records.consent_channel, records.channel_value, records.scope_product_id, records.scope_detail_group_id,
        records.scope_content_type_id, records.scope_list_id, records.is_response_to_request,
        evidence.record_count
    from records
    inner join evidence on records.touchpoint_id = evidence.touchpoint_id
    left join countries
        on records.person_key = countries.person_key
        and (
            countries.valid_from_at is null
            or coalesce(records.occurred_at, cast(records.business_on as timestamp)) >= countries.valid_from_at
        )
        and (
            countries.valid_to_at is null
            or coalesce(records.occurred_at, cast(records.business_on as timestamp)) < countries.valid_to_at
        )
    where records.is_leading
)

select * from final
