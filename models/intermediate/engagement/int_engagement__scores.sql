with

components as (
    select * from {{ ref('int_engagement__components') }}
),

scored as (
    select
        *,
        (1 - {{ var('eqs_lambda_fatigue') }} * fatigue) * (1 - {{ var('eqs_lambda_opt_out') }} * opt_out_penalty) as restraint,
        {{ var('eqs_weight_responsiveness') }} * responsiveness
        + {{ var('eqs_weight_depth') }} * dialogue_depth
        + {{ var('eqs_weight_breadth') }} * breadth
        + {{ var('eqs_weight_education') }} * education_value
        + {{ var('eqs_weight_satisfaction') }} * satisfaction as quality,
        {{ beta_variance('response_alpha', 'response_beta') }} as responsiveness_variance,
        {{ beta_variance('satisfaction_alpha', 'satisfaction_beta') }} as satisfaction_variance
    from components
),

-- The score is linear in its two rates, so their variances add up; 1.645 deviations to each side hold 90 %.
bounded as (
    select
        *,
        100 * restraint * quality as eqs_score,
        1.645 * 100 * restraint * sqrt(
            power({{ var('eqs_weight_responsiveness') }}, 2) * responsiveness_variance
            + power({{ var('eqs_weight_satisfaction') }}, 2) * satisfaction_variance
        ) as margin
    from scored
),

final as (
    select
        hcp_key, eqs_scope, measured_on, is_as_of,
        round(eqs_score, 6) as eqs_score,
        round(greatest(0, eqs_score - margin), 6) as eqs_low,
        round(least(100, eqs_score + margin), 6) as eqs_high,
        round(responsiveness, 6) as responsiveness,
        round(dialogue_depth, 6) as dialogue_depth,
        round(breadth, 6) as breadth,
        round(education_value, 6) as education_value,
        round(satisfaction, 6) as satisfaction,
        round(fatigue, 6) as fatigue,
        round(opt_out_penalty, 6) as opt_out_penalty,
        round(contact_pressure, 6) as contact_pressure,
        round(tolerance, 6) as tolerance,
        tolerance_source,
        round(contact_pressure / nullif(tolerance, 0), 6) as pressure_over_tolerance,
        round(evidence_weight, 6) as evidence_weight,
        round(evidence_n_eff, 6) as evidence_n_eff,
        case when evidence_weight < {{ var('eqs_min_evidence') }} then 'insufficient' else 'sufficient' end as evidence_status,
        opt_outs
    from bounded
)

select * from final
