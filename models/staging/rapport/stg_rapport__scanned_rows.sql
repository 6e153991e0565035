with

texts as (
    select * from {{ ref('stg_rapport__free_texts') }}
),

-- A row counts as scanned where the scan saw each of its columns.
by_column as (
    select system, object, delivery, column_name, count(*) as column_rows
    from texts
    group by system, object, delivery, column_name
),

final as (
    select system, object, delivery, min(column_rows) as rows_scanned, count(*) as columns_scanned
    from by_column
    group by system, object, delivery
)

select * from final
