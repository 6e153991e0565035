with

candidates as (
    select * from {{ ref('int_safety__candidates') }}
),

final as (
    select
        candidate_id,
        kind,
        item,
        system as source_system,
        object as source_object,
        record_id as source_record_id,
        delivery,
        row_number,
        column_name,
        times_delivered,
        awareness_at,
        detected_at,
        due_at,
        forwarded_at,
        action_code,
        hours_open,
        is_overdue,
        is_forwarded_late,
        text
    from candidates
)

select * from final
