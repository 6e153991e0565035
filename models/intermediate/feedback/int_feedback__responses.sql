with

responses as (
    select * from {{ ref('stg_feedback__responses') }}
),

unreadable as (
    select delivery, row_number from {{ ref('int_quarantine__responses') }}
),

people as (
    select source_system, id_value, max(hcp_key) as hcp_key
    from {{ ref('int_identity__clusters') }}
    group by source_system, id_value
),

records as (
    select source_system, source_record_id, max(touchpoint_id) as touchpoint_id
    from {{ ref('int_touchpoints__keyed') }}
    group by source_system, source_record_id
),

final as (
    select
        responses.response_id, responses.source_system, people.hcp_key, records.touchpoint_id,
        responses.touchpoint_record_id is not null as is_about_a_touch, responses.question_code, responses.rating,
        responses.rating_max, responses.asked_at, responses.responded_at, responses.item, responses.status, responses.told_back_at
    from responses
    left join unreadable on responses.delivery = unreadable.delivery and responses.row_number = unreadable.row_number
    left join people on responses.source_system = people.source_system and responses.source_hcp_id = people.id_value
    left join records
        on responses.source_system = records.source_system and responses.touchpoint_record_id = records.source_record_id
    where unreadable.delivery is null
)

select * from final
