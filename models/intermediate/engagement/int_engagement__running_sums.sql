with

-- The as-of instants stand in the events' order as zero rows, before events of the same instant: windows are half-open.
steps as (
    select
        hcp_key, eqs_scope, visible_at, 1 as step_order, event_id,
        push_weight, response_weight, quality_weight, value_weight,
        f2f_weight, live_remote_weight, email_web_weight, webinar_weight, cme_weight,
        pressure_weight, evidence_weight, evidence_squared, unconsented_pushes, opt_outs,
        cast(null as date) as measured_on, cast(null as boolean) as is_as_of
    from {{ ref('int_engagement__score_events') }}
    union all
    select
        hcp_key, eqs_scope, measured_at, 0, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, measured_on, is_as_of
    from {{ ref('int_engagement__instants') }}
),

-- Ordered sums: the same floats added in another order differ in their last bits.
running as (
    select
        hcp_key, eqs_scope, measured_on, is_as_of, visible_at,
        sum(push_weight) over so_far as push_weight,
        sum(response_weight) over so_far as response_weight,
        sum(quality_weight) over so_far as quality_weight,
        sum(value_weight) over so_far as value_weight,
        sum(f2f_weight) over so_far as f2f_weight,
        sum(live_remote_weight) over so_far as live_remote_weight,
        sum(email_web_weight) over so_far as email_web_weight,
        sum(webinar_weight) over so_far as webinar_weight,
        sum(cme_weight) over so_far as cme_weight,
        sum(pressure_weight) over so_far as pressure_weight,
        sum(evidence_weight) over so_far as evidence_weight,
        sum(evidence_squared) over so_far as evidence_squared,
        cast(sum(unconsented_pushes) over so_far as bigint) as unconsented_pushes,
        cast(sum(opt_outs) over so_far as bigint) as opt_outs
    from steps
    window so_far as (
        partition by hcp_key, eqs_scope order by visible_at, step_order, event_id
        rows between unbounded preceding and current row
    )
),

final as (
    select
        *,
        {{ decay_from_epoch('visible_at', var('eqs_half_life_days')) }} as decay,
        {{ decay_from_epoch('visible_at', var('eqs_pressure_half_life_days')) }} as pressure_decay
    from running
    where measured_on is not null
)

select * from final
