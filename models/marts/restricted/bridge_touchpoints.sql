with

records as (
    select * from {{ ref('int_touchpoints__keyed') }}
),

final as (
    select
        touchpoint_id,
        source_system,
        source_object,
        source_record_id,
        delivery,
        row_number
    from records
)

select * from final
