with

responses as (
    select * from {{ ref('stg_feedback__responses') }}
),

questions as (
    select * from {{ ref('question_codes') }}
),

judged as (
    select
        responses.delivery, responses.row_number,
        case
            when questions.question_code is null then 'unknown_value'
            when responses.rating < questions.rating_min or responses.rating > responses.rating_max
                or responses.rating_max <= questions.rating_min then 'out_of_range'
        end as reason_code
    from responses
    left join questions on responses.question_code = questions.question_code
),

final as (
    select
        'feedback' as system, 'responses' as object, delivery, row_number, reason_code,
        case when reason_code = 'unknown_value' then 'question_code' else 'rating' end as column_names
    from judged
    where reason_code is not null
)

select * from final
