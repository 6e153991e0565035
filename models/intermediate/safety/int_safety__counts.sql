with

scanned_objects as (
    select distinct system, object from {{ ref('stg_rapport__scanned_rows') }}
),

candidates as (
    select * from {{ ref('int_safety__candidates') }}
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
        scanned_objects.system,
        scanned_objects.object
        {%- for count in ['events_open', 'events_forwarded', 'events_overdue', 'events_forwarded_late', 'identifiers_open', 'identifiers_forwarded'] %},
        coalesce(counts.{{ count }}, 0) as {{ count }}
        {%- endfor %}
    from scanned_objects
    left join counts on scanned_objects.system = counts.system and scanned_objects.object = counts.object
)

select * from final
