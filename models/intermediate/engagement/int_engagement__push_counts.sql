with

instants as (
    select * from {{ ref('int_engagement__instants') }} where is_as_of
),

pushes as (
    select * from {{ ref('int_engagement__push_spacing') }}
),

in_window as (
    select
        pushes.*, instants.measured_on, instants.measured_at,
        pushes.visible_at < instants.measured_at as is_mature,
        pushes.visible_at < instants.measured_at and pushes.is_observable_push as is_evidence,
        pushes.touched_at >= {{ days_earlier('instants.measured_at', 90) }} as is_90d,
        pushes.touched_at >= {{ days_earlier('instants.measured_at', 30) }} as is_30d,
        pushes.touched_at >= {{ days_earlier('instants.measured_at', 7) }} as is_7d,
        pushes.touched_at >= {{ days_earlier('instants.measured_at', 7 + 26 * 7) }} as is_27w
    from instants
    inner join pushes
        on instants.hcp_key = pushes.hcp_key
        and instants.eqs_scope = pushes.eqs_scope
        and pushes.touched_at < instants.measured_at
        and pushes.touched_at >= {{ days_earlier('instants.measured_at', var('rate_window_days')) }}
),

final as (
    select
        hcp_key, eqs_scope, measured_on,
        count(*) as pushes_365d,
        count(*) filter (where is_observable_push) as observable_pushes_365d,
        count(*) filter (where is_90d) as pushes_90d,
        count(*) filter (where is_30d) as pushes_30d,
        count(*) filter (where is_7d) as pushes_7d,
        count(*) filter (where is_27w and not is_7d) as pushes_26w_before,
        count(*) filter (where not is_mature) as pending_pushes,
        count(*) filter (where is_90d and not is_observable_push) as unobservable_pushes_90d,
        count(*) filter (where is_30d and is_mature and is_unreciprocated) as unreciprocated_pushes_30d,
        count(*) filter (where is_30d and purpose = 'promotional') as promotional_pushes_30d,
        count(*) filter (where is_30d and touchpoint_type = 'email_send') as emails_30d,
        count(*) filter (where is_mature) as mature_pushes,
        count(*) filter (where collided_at < measured_at) as collisions,
        count(*) filter (where is_evidence) as mature_observable_pushes,
        count(*) filter (where is_evidence and is_response) as responses,
        count(gap_minutes) as gaps,
        min(gap_minutes) as min_gap_minutes,
        sum(gap_minutes) as gap_minutes,
        sum(gap_minutes * gap_minutes) as gap_minutes_squared,
        sum(other_pushes_30d) filter (where is_evidence) as load,
        sum(other_pushes_30d * other_pushes_30d) filter (where is_evidence) as load_squared,
        sum(other_pushes_30d) filter (where is_evidence and is_response) as load_of_responses
    from in_window
    group by hcp_key, eqs_scope, measured_on
)

select * from final
