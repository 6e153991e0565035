with

closures as (
    select * from {{ ref('stg_privacy__violation_closures') }}
),

-- Closed by the run's as-of date: a later closing is still to come.
final as (
    select violation_id, min(closed_at) as closed_at, min(action_code) as action_code
    from closures
    where closed_at <= {{ as_of_at() }}
    group by violation_id
)

select * from final
