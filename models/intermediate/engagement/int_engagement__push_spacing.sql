with

pushes as (
    select * from {{ ref('int_engagement__touches') }} where is_push
),

collisions as (
    select * from {{ ref('int_engagement__collisions') }}
),

spaced as (
    select
        *,
        lag(touched_at) over (
            partition by hcp_key, eqs_scope order by touched_at, touchpoint_id
        ) as previous_push_at,
        count(*) over (
            partition by hcp_key, eqs_scope order by touched_at
            range between interval '30' day preceding and current row
        ) - 1 as other_pushes_30d
    from pushes
),

-- Whole minutes: their squares add up exactly, in whatever order.
final as (
    select
        spaced.hcp_key, spaced.eqs_scope, spaced.touchpoint_id, spaced.touchpoint_type, spaced.purpose,
        spaced.is_observable_push, spaced.is_response, spaced.is_unreciprocated,
        spaced.other_pushes_30d, {{ dbt.datediff('spaced.previous_push_at', 'spaced.touched_at', 'minute') }} as gap_minutes,
        spaced.touched_at, spaced.visible_at, spaced.responded_at, collisions.visible_at as collided_at
    from spaced
    left join collisions
        on spaced.hcp_key = collisions.hcp_key
        and spaced.eqs_scope = collisions.eqs_scope
        and spaced.touchpoint_id = collisions.touchpoint_id
)

select * from final
