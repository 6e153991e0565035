with

touches as (
    select * from {{ ref('int_engagement__touches') }} where is_counted
),

collisions as (
    select * from {{ ref('int_engagement__collisions') }}
),

opt_outs as (
    select * from {{ ref('int_engagement__opt_outs') }}
),

-- Opt-outs and pushes without consent count for a year: what enters at +1 leaves at -1.
changes as (
    select
        hcp_key, eqs_scope, touchpoint_id as event_id, visible_at, touched_at, channel_family,
        1 as touches,
        case when is_observable_push then 1 else 0 end as pushes,
        case when is_observable_push and is_response then 1 else 0 end as responses,
        quality,
        case when is_value_content then quality else 0 end as value_quality,
        case when is_unreciprocated then 1 else 0 end as pressure,
        case when is_unconsented_push then 1 else 0 end as unconsented_pushes,
        0 as opt_outs
    from touches
    union all
    select
        hcp_key, eqs_scope, touchpoint_id, {{ days_later('touched_at', var('eqs_opt_out_window_days')) }}, touched_at, null,
        0, 0, 0, 0, 0, 0, -1, 0
    from touches
    where is_unconsented_push
    union all
    select
        hcp_key, eqs_scope, touchpoint_id, visible_at, touched_at, null,
        0, 0, 0, 0, 0, {{ var('eqs_collision_surcharge') }}, 0, 0
    from collisions
    union all
    select hcp_key, eqs_scope, consent_id, opted_out_at, opted_out_at, null, 0, 0, 0, 0, 0, 0, 0, 1
    from opt_outs
    union all
    select
        hcp_key, eqs_scope, consent_id, {{ days_later('opted_out_at', var('eqs_opt_out_window_days')) }}, opted_out_at, null,
        0, 0, 0, 0, 0, 0, 0, -1
    from opt_outs
),

-- Worth at the newest as-of date: one date for all rows, and no weight is above 1.
origin as (
    select cast(max(as_of_on) as timestamp) as origin_at from {{ ref('int_engagement__as_of_dates') }}
),

weighed as (
    select
        changes.*,
        {{ decay('changes.touched_at', 'origin.origin_at', var('eqs_half_life_days')) }} as weight,
        {{ decay('changes.touched_at', 'origin.origin_at', var('eqs_pressure_half_life_days')) }} as pressure_weight
    from changes
    inner join origin on changes.visible_at < origin.origin_at
),

final as (
    select
        hcp_key, eqs_scope, event_id, visible_at,
        {{ addable('weight * pushes') }} as push_weight,
        {{ addable('weight * responses') }} as response_weight,
        {{ addable('weight * quality') }} as quality_weight,
        {{ addable('weight * value_quality') }} as value_weight,
        case when channel_family = 'f2f' then {{ addable('weight * quality') }} end as f2f_weight,
        case when channel_family = 'live_remote' then {{ addable('weight * quality') }} end as live_remote_weight,
        case when channel_family = 'email_web' then {{ addable('weight * quality') }} end as email_web_weight,
        case when channel_family = 'webinar' then {{ addable('weight * quality') }} end as webinar_weight,
        case when channel_family = 'cme' then {{ addable('weight * quality') }} end as cme_weight,
        {{ addable('pressure_weight * cast(pressure as double)') }} as pressure_weight,
        {{ addable('weight * touches') }} as evidence_weight,
        {{ addable('weight * weight * touches') }} as evidence_squared,
        unconsented_pushes, opt_outs
    from weighed
)

select * from final
