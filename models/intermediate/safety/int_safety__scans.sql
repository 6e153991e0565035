with

scanned_rows as (
    select * from {{ ref('stg_rapport__scanned_rows') }}
),

deliveries as (
    select * from {{ ref('stg_rapport__deliveries') }} where is_applied
),

candidates as (
    select * from {{ ref('int_safety__candidates') }}
),

-- An object is scanned if any of its deliveries is: one that the scan left out shows as a difference.
scans as (
    select
        deliveries.system,
        deliveries.object,
        sum(deliveries.rows_read) as rows_received,
        sum(coalesce(scanned_rows.rows_scanned, 0)) as rows_scanned
    from deliveries
    left join scanned_rows
        on deliveries.system = scanned_rows.system
        and deliveries.object = scanned_rows.object
        and deliveries.delivery = scanned_rows.delivery
    where exists (
        select 1 from scanned_rows as known where deliveries.system = known.system and deliveries.object = known.object
    )
    group by deliveries.system, deliveries.object
),

counts as (
    select
        system,
        object,
        count(case when kind = 'adverse_event' and forwarded_at is null then 1 end) as events_open,
        count(case when kind = 'adverse_event' and forwarded_at is not null then 1 end) as events_forwarded,
        count(case when is_overdue then 1 end) as events_overdue,
        count(case when is_forwarded_late then 1 end) as events_forwarded_late,
        count(case when kind = 'patient_identifier' and forwarded_at is null then 1 end) as identifiers_open,
        count(case when kind = 'patient_identifier' and forwarded_at is not null then 1 end) as identifiers_forwarded
    from candidates
    group by system, object
),

final as (
    select
        scans.system,
        scans.object,
        cast(scans.rows_received as bigint) as rows_received,
        cast(scans.rows_scanned as bigint) as rows_scanned
        {%- for count in ['events_open', 'events_forwarded', 'events_overdue', 'events_forwarded_late', 'identifiers_open', 'identifiers_forwarded'] %},
        coalesce(counts.{{ count }}, 0) as {{ count }}
        {%- endfor %}
    from scans
    left join counts on scans.system = counts.system and scans.object = counts.object
)

select * from final
