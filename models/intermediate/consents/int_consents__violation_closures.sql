with

closures as (
    select * from {{ ref('stg_privacy__violation_closures') }}
),

rotations as (
    select * from {{ ref('stg_rapport__key_rotations') }} where key_kind = 'violation_id'
),

-- A closure names the entry as it was called when it was made: before a rotation of the secret by another key.
named as (
    select coalesce(rotations.new_key, closures.violation_id) as violation_id, closures.closed_at, closures.action_code
    from closures
    left join rotations on closures.violation_id = rotations.old_key
),

-- Closed by the run's as-of date: a later closing is still to come.
final as (
    select violation_id, min(closed_at) as closed_at, min(action_code) as action_code
    from named
    where closed_at <= {{ as_of_at() }}
    group by violation_id
)

select * from final
