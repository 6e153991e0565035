with

instants as (
    select * from {{ ref('int_engagement__instants') }} where is_as_of
),

touches as (
    select *, channel_family in ('f2f', 'live_remote') and not is_push as is_live from {{ ref('int_engagement__touches') }}
),

-- Somebody's last touch before an instant is the one whose next lies at or after it: so people are counted without `distinct`.
followed as (
    select
        *,
        lead(touched_at) over (
            partition by hcp_key, eqs_scope, user_key order by touched_at, touchpoint_id
        ) as next_by_user_at,
        lead(touched_at) over (
            partition by hcp_key, eqs_scope, user_key, is_live and has_human_response order by touched_at, touchpoint_id
        ) as next_met_by_user_at
    from touches
),

-- What happened to a push after the as-of instant is not known at it.
in_window as (
    select
        followed.*, instants.measured_on, instants.measured_at,
        followed.visible_at < instants.measured_at as is_mature,
        not followed.is_push or coalesce(followed.responded_at, followed.visible_at) < instants.measured_at as is_outcome_known,
        followed.touched_at >= {{ days_earlier('instants.measured_at', 90) }} as is_90d,
        followed.touched_at >= {{ days_earlier('instants.measured_at', 30) }} as is_30d,
        {{ dbt.datediff('instants.measured_at', 'followed.touched_at', 'day') }} as day_number,
        case when followed.is_live then followed.duration_seconds end as live_seconds
    from instants
    inner join followed
        on instants.hcp_key = followed.hcp_key
        and instants.eqs_scope = followed.eqs_scope
        and followed.touched_at < instants.measured_at
        and followed.touched_at >= {{ days_earlier('instants.measured_at', var('rate_window_days')) }}
),

-- Decimals and whole numbers: their sums do not depend on the order of rows.
final as (
    select
        hcp_key, eqs_scope, measured_on,
        count(*) as touches,
        count(*) filter (where is_90d) as touches_90d,
        count(*) filter (where is_90d and is_outcome_known and has_human_response) as human_responses_90d,
        count(*) filter (where is_90d and is_outcome_known and is_two_way) as two_way_touches_90d,
        count(*) filter (where is_outcome_known and is_two_way) as two_way_touches,
        count(*) filter (where is_pull) as pulls,
        count(*) filter (where is_mature) as mature_touches,
        count(*) filter (where is_mature and (is_unreciprocated or duration_seconds < 120)) as superficial_touches,
        cast(sum(cast(depth as decimal(9, 6))) filter (where is_outcome_known and is_response) as double)
        / nullif(count(*) filter (where is_outcome_known and is_response), 0) as depth_mean,
        count(*) filter (where is_30d and is_live) as meetings_30d,
        count(*) filter (where is_30d and touchpoint_type = 'call') as calls_30d,
        count(user_key) filter (where coalesce(next_by_user_at >= measured_at, true)) as users,
        count(user_key) filter (where is_live and has_human_response and coalesce(next_met_by_user_at >= measured_at, true))
            as users_met,
        count(live_seconds) as timed_meetings,
        sum(live_seconds) as live_seconds,
        sum(case when live_seconds is not null then day_number end) as live_days,
        sum(case when live_seconds is not null then day_number * day_number end) as live_days_squared,
        sum(day_number * live_seconds) as live_days_seconds
    from in_window
    group by hcp_key, eqs_scope, measured_on
)

select * from final
