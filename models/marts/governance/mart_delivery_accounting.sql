with

accounts as (
    select * from {{ ref('int_deliveries__accounts') }}
),

final as (
    select
        system,
        object,
        delivery,
        sha256,
        status,
        status_reason,
        rows_read,
        rows_accepted,
        rows_superseded,
        rows_duplicate,
        rows_deleted,
        rows_quarantined,
        rows_scanned,
        delivered_at
    from accounts
)

select * from final
