with

deliveries as (
    select * from {{ ref('stg_rapport__deliveries') }}
),

counts as (
    select
        system,
        object,
        delivery,
        count(case when disposition = 'accepted' then 1 end) as rows_accepted,
        count(case when disposition = 'superseded' then 1 end) as rows_superseded,
        count(case when disposition = 'duplicate' then 1 end) as rows_duplicate,
        count(case when disposition = 'deleted' then 1 end) as rows_deleted,
        count(case when disposition = 'quarantined' then 1 end) as rows_quarantined
    from {{ ref('int_deliveries__dispositions') }}
    group by system, object, delivery
),

scanned_rows as (
    select * from {{ ref('stg_rapport__scanned_rows') }}
),

-- An object is scanned if any of its deliveries is: one that the scan left out shows as a difference.
scanned_objects as (
    select distinct system, object from scanned_rows
),

final as (
    select
        deliveries.system,
        deliveries.object,
        deliveries.delivery,
        deliveries.sha256,
        case
            when deliveries.is_applied and counts.rows_quarantined > 0 then 'applied_with_quarantine'
            else deliveries.status
        end as status,
        deliveries.status_reason,
        case when deliveries.is_applied then deliveries.rows_read else 0 end as rows_read,
        coalesce(counts.rows_accepted, 0) as rows_accepted,
        coalesce(counts.rows_superseded, 0) as rows_superseded,
        coalesce(counts.rows_duplicate, 0) as rows_duplicate,
        coalesce(counts.rows_deleted, 0) as rows_deleted,
        coalesce(counts.rows_quarantined, 0) as rows_quarantined,
        case when scanned_objects.object is not null then coalesce(scanned_rows.rows_scanned, 0) end as rows_scanned,
        deliveries.delivered_at
    from deliveries
    left join counts
        on deliveries.is_applied
        and deliveries.system = counts.system
        and deliveries.object = counts.object
        and deliveries.delivery = counts.delivery
    left join scanned_objects
        on deliveries.is_applied
        and deliveries.system = scanned_objects.system
        and deliveries.object = scanned_objects.object
    left join scanned_rows
        on deliveries.system = scanned_rows.system
        and deliveries.object = scanned_rows.object
        and deliveries.delivery = scanned_rows.delivery
)

select * from final
