with

ledger as (
    select * from {{ source('rapport', 'deliveries') }}
),

final as (
    select
        system,
        object,
        delivery,
        sha256,
        status,
        status_reason,
        unknown_columns,
        coalesce(is_full, false) as is_full,
        coalesce(is_deletes, false) as is_deletes,
        status = 'applied' as is_applied,
        cast(rows_read as bigint) as rows_read,
        delivered_at
    from ledger
)

select * from final
