with

quarantined as (
    select system, object, delivery, reason_code, column_names, count(*) as row_count
    from {{ ref('int_deliveries__dispositions') }}
    where disposition = 'quarantined'
    group by system, object, delivery, reason_code, column_names
),

final as (
    select
        system,
        object,
        delivery,
        reason_code,
        {{ dbt.listagg('column_names', "', '", 'order by column_names') }} as column_names,
        cast(sum(row_count) as bigint) as rows
    from quarantined
    group by system, object, delivery, reason_code
)

select * from final
