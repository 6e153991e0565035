with

events as (
    select * from {{ ref('stg_on24__events') }}
),

final as (
    select
        'on24' as system, 'event' as object, delivery, row_number, 'unknown_value' as reason_code,
        concat_ws(
            ';', case when content_type is null then 'contenttype' end, case when is_test is null then 'istestevent' end
        ) as column_names
    from events
    where content_type is null or is_test is null
)

select * from final
