with

scores as (
    select * from {{ ref('int_engagement__scores') }} where is_as_of
),

touch_counts as (
    select * from {{ ref('int_engagement__touch_counts') }}
),

push_counts as (
    select * from {{ ref('int_engagement__push_counts') }}
),

final as (
    select
        hcp_key,
        measured_on as as_of_on,
        eqs_scope,
        coalesce(push_counts.unreciprocated_pushes_30d, 0) as unreciprocated_pushes_30d,
        scores.contact_pressure, scores.tolerance, scores.tolerance_source, scores.pressure_over_tolerance,
        scores.pressure_over_tolerance > 1 as is_over_engaged,
        round(push_counts.min_gap_minutes / cast(1440 as double), 6) as min_gap_days,
        round({{ coefficient_of_variation('push_counts.gaps', 'push_counts.gap_minutes', 'push_counts.gap_minutes_squared') }}, 6)
            as gap_cv,
        {{ rate('hcp_collision_rate', 'coalesce(push_counts.collisions, 0)', 'coalesce(push_counts.mature_pushes, 0)') }},
        {{ rate('opt_out_hazard', 'scores.opt_outs', 'coalesce(push_counts.pushes_365d, 0)',
            alpha=var('opt_out_hazard_prior_alpha'), beta=var('opt_out_hazard_prior_beta'), scale=100) }},
        coalesce(push_counts.pending_pushes, 0) as pending_pushes_14d,
        coalesce(touch_counts.meetings_30d, 0) as meetings_30d,
        coalesce(touch_counts.calls_30d, 0) as calls_30d,
        coalesce(push_counts.emails_30d, 0) as emails_30d,
        {{ unknown_rate('decline_no_show_rate') }},
        round(0.5 * {{ slope('touch_counts.timed_meetings', 'touch_counts.live_days', 'touch_counts.live_days_squared',
            'touch_counts.live_seconds', 'touch_counts.live_days_seconds') }}, 6) as live_minutes_trend,
        cast(null as double) as minutes_asked_30d,
        coalesce(push_counts.pushes_7d, 0) as inbound_load_week,
        round(26 * cast(push_counts.pushes_7d as double) / nullif(push_counts.pushes_26w_before, 0), 6) as load_vs_baseline_26w,
        round(cast(push_counts.promotional_pushes_30d as double) / nullif(push_counts.pushes_30d, 0), 6) as promo_load_share,
        round({{ slope('push_counts.mature_observable_pushes', 'push_counts.load', 'push_counts.load_squared',
            'push_counts.responses', 'push_counts.load_of_responses') }}, 6) as response_decay_slope,
        {{ unknown_rate('out_of_hours_share') }},
        round(cast(touch_counts.users_met as double) / nullif(touch_counts.users, 0), 6) as rep_access_share,
        '{{ var("eqs_score_version") }}' as score_version,
        '{{ var("eqs_prior_version") }}' as prior_version
    from scores
    left join touch_counts using (hcp_key, eqs_scope, measured_on)
    left join push_counts using (hcp_key, eqs_scope, measured_on)
)

select * from final
