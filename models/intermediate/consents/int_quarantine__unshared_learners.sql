with

records as (
    select * from {{ ref('int_learners__records') }}
),

sharing as (
    select * from {{ ref('int_learners__sharing') }} where as_of_at = {{ as_of_at() }}
),

final as (
    select
        records.system, records.object, records.delivery, records.row_number,
        'no_share_consent' as reason_code, cast(null as {{ type_text() }}) as column_names
    from records
    left join sharing
        on records.object = sharing.object
        and records.delivery = sharing.delivery
        and records.row_number = sharing.row_number
    where sharing.delivery is null
)

select * from final
