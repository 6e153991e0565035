with

instants as (
    select * from {{ ref('int_engagement__instants') }} where is_as_of
),

push_counts as (
    select * from {{ ref('int_engagement__push_counts') }}
),

pushes as (
    select
        *,
        case when responded_at >= touched_at then {{ dbt.datediff('touched_at', 'responded_at', 'second') }} end as answer_seconds
    from {{ ref('int_engagement__push_spacing') }}
    where is_observable_push
),

bounded as (
    select *, max(answer_seconds) over (partition by hcp_key, eqs_scope) as longest_answer_seconds from pushes
),

paired as (
    select
        bounded.*, instants.measured_on,
        {{ dbt.datediff('bounded.touched_at', 'instants.measured_at', 'second') }} as age_seconds,
        coalesce(bounded.answer_seconds is not null and bounded.responded_at < instants.measured_at, false) as is_answered
    from instants
    inner join bounded
        on instants.hcp_key = bounded.hcp_key
        and instants.eqs_scope = bounded.eqs_scope
        and bounded.touched_at < instants.measured_at
        and bounded.touched_at >= {{ days_earlier('instants.measured_at', var('rate_window_days')) }}
),

-- Right-censored: what is unanswered at the as-of instant has waited until then. Waits beyond the last answer change nothing.
waits as (
    select
        hcp_key, eqs_scope, measured_on, touchpoint_id, is_answered,
        case when is_answered then answer_seconds else age_seconds end as wait_seconds
    from paired
    where is_answered or age_seconds < longest_answer_seconds
),

ranked as (
    select
        *,
        row_number() over (
            partition by hcp_key, eqs_scope, measured_on order by wait_seconds, is_answered desc, touchpoint_id
        ) as place
    from waits
),

-- Kaplan-Meier: the share still waiting is the product of (1 - 1 / at risk) over the answers so far.
survival as (
    select
        ranked.hcp_key, ranked.eqs_scope, ranked.measured_on, ranked.wait_seconds,
        sum(case
            when push_counts.observable_pushes_365d = ranked.place then -100
            else ln(1 - 1 / cast(push_counts.observable_pushes_365d - ranked.place + 1 as double))
        end) over (
            partition by ranked.hcp_key, ranked.eqs_scope, ranked.measured_on
            order by ranked.place rows between unbounded preceding and current row
        ) as log_share_waiting
    from ranked
    inner join push_counts using (hcp_key, eqs_scope, measured_on)
    where ranked.is_answered
),

final as (
    select
        hcp_key, eqs_scope, measured_on,
        round(min(wait_seconds) / cast(3600 as double), 6) as median_response_latency_h
    from survival
    where log_share_waiting < ln(0.5) + 1e-9
    group by hcp_key, eqs_scope, measured_on
)

select * from final
