with

sums as (
    select * from {{ ref('int_engagement__running_sums') }}
),

priors as (
    select * from {{ ref('int_engagement__peer_priors') }}
),

breadth_weights as (
    select
        max(case when channel_family = 'f2f' then cast(breadth_weight as double) end) as f2f,
        max(case when channel_family = 'live_remote' then cast(breadth_weight as double) end) as live_remote,
        max(case when channel_family = 'email_web' then cast(breadth_weight as double) end) as email_web,
        max(case when channel_family = 'webinar' then cast(breadth_weight as double) end) as webinar,
        max(case when channel_family = 'cme' then cast(breadth_weight as double) end) as cme
    from {{ ref('channel_families') }}
),

posteriors as (
    select
        sums.*,
        priors.alpha + decay * response_weight as response_alpha,
        priors.beta + decay * (push_weight - response_weight) as response_beta,
        {{ var('eqs_satisfaction_alpha') }} as satisfaction_alpha,
        {{ var('eqs_satisfaction_beta') }} as satisfaction_beta,
        pressure_decay * pressure_weight as contact_pressure,
        priors.tolerance, priors.tolerance_source
    from sums
    inner join priors on sums.hcp_key = priors.hcp_key
),

final as (
    select
        posteriors.hcp_key, posteriors.eqs_scope, posteriors.measured_on, posteriors.is_as_of,
        response_alpha, response_beta, satisfaction_alpha, satisfaction_beta,
        response_alpha / (response_alpha + response_beta) as responsiveness,
        1 - exp(-decay * quality_weight / {{ var('eqs_kappa_depth') }}) as dialogue_depth,
        breadth_weights.f2f * (1 - exp(-decay * f2f_weight / {{ var('eqs_kappa_breadth') }}))
        + breadth_weights.live_remote * (1 - exp(-decay * live_remote_weight / {{ var('eqs_kappa_breadth') }}))
        + breadth_weights.email_web * (1 - exp(-decay * email_web_weight / {{ var('eqs_kappa_breadth') }}))
        + breadth_weights.webinar * (1 - exp(-decay * webinar_weight / {{ var('eqs_kappa_breadth') }}))
        + breadth_weights.cme * (1 - exp(-decay * cme_weight / {{ var('eqs_kappa_breadth') }})) as breadth,
        1 - exp(-decay * value_weight / {{ var('eqs_kappa_education') }}) as education_value,
        satisfaction_alpha / (satisfaction_alpha + satisfaction_beta) as satisfaction,
        1 - exp(-greatest(0, contact_pressure - tolerance) / {{ var('eqs_kappa_pressure') }}) as fatigue,
        1 - exp(-(opt_outs + {{ var('eqs_no_consent_push_weight') }} * unconsented_pushes)) as opt_out_penalty,
        contact_pressure, tolerance, tolerance_source, opt_outs,
        decay * evidence_weight as evidence_weight,
        power(evidence_weight, 2) / nullif(evidence_squared, 0) as evidence_n_eff
    from posteriors
    cross join breadth_weights
)

select * from final
