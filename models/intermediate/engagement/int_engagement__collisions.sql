with

pushes as (
    select hcp_key, eqs_scope, touchpoint_id, team, touched_at, visible_at
    from {{ ref('int_engagement__touches') }}
    where is_unreciprocated and team is not null
),

-- Where the team changes from one push to the next, both are ends of an uninterrupted run of one team's pushes.
neighbours as (
    select
        *,
        lag(team) over in_time <> team as starts_run,
        lead(team) over in_time <> team as ends_run
    from pushes
    window in_time as (partition by hcp_key, eqs_scope order by touched_at, touchpoint_id)
),

-- So the nearest push of another team ends the run before, or starts the run after.
others as (
    select
        *,
        max(case when ends_run then touched_at end) over (
            partition by hcp_key, eqs_scope order by touched_at, touchpoint_id
            rows between unbounded preceding and 1 preceding
        ) as other_before_at,
        min(case when starts_run then touched_at end) over (
            partition by hcp_key, eqs_scope order by touched_at, touchpoint_id
            rows between 1 following and unbounded following
        ) as other_after_at
    from neighbours
),

-- The surcharge counts once both pushes have matured.
final as (
    select
        touchpoint_id, eqs_scope, hcp_key, touched_at,
        case
            when {{ hours_later('other_before_at', var('eqs_collision_window_hours')) }} >= touched_at then visible_at
            else {{ days_later('other_after_at', var('eqs_response_window_days')) }}
        end as visible_at
    from others
    where {{ hours_later('other_before_at', var('eqs_collision_window_hours')) }} >= touched_at
        or other_after_at <= {{ hours_later('touched_at', var('eqs_collision_window_hours')) }}
)

select * from final
