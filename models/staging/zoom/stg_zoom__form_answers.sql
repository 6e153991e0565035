with

registrants as (
    select * from {{ accepted('zoom', 'registrants') }}
),

report_lines as (
    select * from {{ accepted('zoom', 'attendee_report') }}
),

question_fields as (
    select * from {{ ref('zoom_question_fields') }}
),

answers as (
    select 'registrants' as object, _delivery, _row, {{ json_elements('custom_questions') }} as answer from registrants
    union all
    select 'attendee_report', _delivery, _row, {{ json_elements('form_answers') }} from report_lines
),

titled as (
    select
        object, _delivery, _row,
        lower(trim({{ json_text('answer', 'title') }})) as title,
        nullif(trim({{ json_text('answer', 'value') }}), '') as answer
    from answers
),

-- Titles are the customer's own words: a seed says which of them ask for what (WEB-09). Other answers stay in raw (WEB-17).
final as (
    select
        titled.object, titled._delivery as delivery, titled._row as row_number, titled.title,
        question_fields.field,
        min(case when question_fields.field is not null then titled.answer end) as field_value
    from titled
    left join question_fields on titled.title = question_fields.title
    where titled.title is not null
    group by titled.object, titled._delivery, titled._row, titled.title, question_fields.field
)

select * from final
