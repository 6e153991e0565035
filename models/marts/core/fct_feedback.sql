with

responses as (
    select * from {{ ref('int_feedback__responses') }}
),

touches as (
    select touchpoint_id, purpose from {{ ref('fct_touchpoints') }}
),

-- What was said of a touch is seen by those who see the touch; of a touch that cannot be found, not by sales (ruling 44).
final as (
    select
        responses.response_id, responses.source_system, responses.hcp_key, touches.touchpoint_id,
        case when responses.is_about_a_touch then touches.purpose else 'promotional' end as purpose,
        responses.question_code, responses.rating, responses.rating_max, responses.asked_at, responses.responded_at,
        responses.item, responses.status, responses.told_back_at
    from responses
    left join touches on responses.touchpoint_id = touches.touchpoint_id
)

select * from final
