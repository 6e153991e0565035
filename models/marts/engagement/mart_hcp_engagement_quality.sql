with

scores as (
    select * from {{ ref('int_engagement__scores') }}
),

earlier_scores as (
    select
        hcp_key, eqs_scope, eqs_score as eqs_score_90d_ago,
        cast({{ days_later('measured_on', 90) }} as date) as measured_on
    from scores
),

comparisons as (
    select * from {{ ref('int_engagement__comparisons') }}
),

touch_counts as (
    select * from {{ ref('int_engagement__touch_counts') }}
),

push_counts as (
    select * from {{ ref('int_engagement__push_counts') }}
),

latencies as (
    select * from {{ ref('int_engagement__latencies') }}
),

priors as (
    select * from {{ ref('int_engagement__peer_priors') }}
),

final as (
    select
        hcp_key,
        measured_on as as_of_on,
        eqs_scope,
        scores.eqs_score, scores.eqs_low, scores.eqs_high,
        scores.responsiveness, scores.dialogue_depth, scores.breadth, scores.education_value, scores.satisfaction,
        scores.fatigue, scores.opt_out_penalty, scores.contact_pressure,
        scores.evidence_status, scores.evidence_weight, scores.evidence_n_eff,
        comparisons.peer_percentile,
        round(scores.eqs_score - earlier_scores.eqs_score_90d_ago, 6) as eqs_change_90d,
        comparisons.quantity_quality_quadrant,
        coalesce(touch_counts.touches_90d, 0) as touches_90d,
        coalesce(push_counts.pushes_90d, 0) as pushes_90d,
        coalesce(push_counts.pending_pushes, 0) as pending_pushes_14d,
        coalesce(push_counts.unobservable_pushes_90d, 0) as unobservable_pushes_90d,
        coalesce(push_counts.unreciprocated_pushes_30d, 0) as unreciprocated_pushes_30d,
        coalesce(touch_counts.human_responses_90d, 0) as human_responses_90d,
        coalesce(touch_counts.two_way_touches_90d, 0) as two_way_touches_90d,
        {{ rate('response_rate', 'coalesce(push_counts.responses, 0)', 'coalesce(push_counts.mature_observable_pushes, 0)',
            alpha='priors.alpha', beta='priors.beta') }},
        {{ rate('two_way_share', 'coalesce(touch_counts.two_way_touches, 0)', 'coalesce(touch_counts.touches, 0)') }},
        {{ rate('hcp_initiated_share', 'coalesce(touch_counts.pulls, 0)', 'coalesce(touch_counts.touches, 0)') }},
        {{ rate('superficial_share', 'coalesce(touch_counts.superficial_touches, 0)',
            'coalesce(touch_counts.mature_touches, 0)') }},
        {{ unknown_rate('stated_objective_share') }},
        round(touch_counts.depth_mean, 6) as depth_mean,
        latencies.median_response_latency_h,
        cast(null as double) as uplift_vs_holdout,
        'no_randomised_holdout' as uplift_status,
        '{{ var("eqs_score_version") }}' as score_version,
        '{{ var("eqs_prior_version") }}' as prior_version
    from scores
    inner join comparisons using (hcp_key, eqs_scope, measured_on)
    inner join priors using (hcp_key)
    left join earlier_scores using (hcp_key, eqs_scope, measured_on)
    left join touch_counts using (hcp_key, eqs_scope, measured_on)
    left join push_counts using (hcp_key, eqs_scope, measured_on)
    left join latencies using (hcp_key, eqs_scope, measured_on)
    where scores.is_as_of
)

select * from final
