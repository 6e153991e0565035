with

records as (
    select * from {{ ref('int_touchpoints__keyed') }}
),

appearances as (
    select * from {{ ref('int_events__appearances') }} where is_virtual
),

final as (
    select records.touchpoint_id
    from records
    inner join appearances on records.record_ref = appearances.record_ref
    group by records.touchpoint_id
)

select * from final
