with

origin as (
    select cast(max(as_of_on) as timestamp) as origin_at from {{ ref('int_engagement__as_of_dates') }}
),

-- The as-of instants stand in the events' order as empty rows, before events of the same instant: windows are half-open.
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
        hcp_key, eqs_scope, measured_at, 0, '',
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, measured_on, is_as_of
    from {{ ref('int_engagement__instants') }}
),

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
        sum(unconsented_pushes) over so_far as unconsented_pushes,
        sum(opt_outs) over so_far as opt_outs
    from steps
    window so_far as (
        partition by hcp_key, eqs_scope order by visible_at, step_order, event_id
        rows between unbounded preceding and current row
    )
),

final as (
    select
        running.hcp_key, running.eqs_scope, running.measured_on, running.is_as_of,
        cast(coalesce(push_weight, 0) as double) as push_weight,
        cast(coalesce(response_weight, 0) as double) as response_weight,
        cast(coalesce(quality_weight, 0) as double) as quality_weight,
        cast(coalesce(value_weight, 0) as double) as value_weight,
        cast(coalesce(f2f_weight, 0) as double) as f2f_weight,
        cast(coalesce(live_remote_weight, 0) as double) as live_remote_weight,
        cast(coalesce(email_web_weight, 0) as double) as email_web_weight,
        cast(coalesce(webinar_weight, 0) as double) as webinar_weight,
        cast(coalesce(cme_weight, 0) as double) as cme_weight,
        cast(coalesce(pressure_weight, 0) as double) as pressure_weight,
        cast(coalesce(evidence_weight, 0) as double) as evidence_weight,
        cast(coalesce(evidence_squared, 0) as double) as evidence_squared,
        cast(coalesce(unconsented_pushes, 0) as bigint) as unconsented_pushes,
        cast(coalesce(opt_outs, 0) as bigint) as opt_outs,
        {{ decay('origin.origin_at', 'running.visible_at', var('eqs_half_life_days')) }} as decay,
        {{ decay('origin.origin_at', 'running.visible_at', var('eqs_pressure_half_life_days')) }} as pressure_decay
    from running
    cross join origin
    where running.measured_on is not null
)

select * from final
