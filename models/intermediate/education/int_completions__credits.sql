with

records as (
    select touchpoint_id, source_object, source_record_id
    from {{ ref('int_touchpoints__keyed') }}
    where touchpoint_type = 'cme_completion'
),

-- The platform awards, the provider reports: two states of one credit, not two credits (CME-05). No feed says `claimed`.
given_credits as (
    select
        records.touchpoint_id, credits.credit_type, 'reported' as state, credits.credits, credits.has_credit_conflict,
        cast(null as date) as credit_expires_on
    from records
    inner join {{ ref('stg_cme_pars__credits') }} as credits
        on records.source_object = 'learner_report' and records.source_record_id = credits.record_id
    union all
    select
        records.touchpoint_id, credits.credit_type, 'awarded', credits.credits, false, credits.credit_expires_on
    from records
    inner join {{ ref('stg_cme_lms__credits') }} as credits
        on records.source_object = 'credit' and records.source_record_id = credits.record_id
    where credits.credits is not null
),

-- A type counts once per completion, also when a retake or a second feed repeats it (CME-01); types are never added.
by_type as (
    select
        touchpoint_id,
        credit_type,
        max(case when state = 'reported' then credits end) as reported_credits,
        max(case when state = 'awarded' then credits end) as awarded_credits,
        bool_or(has_credit_conflict) or min(credits) <> max(credits) as has_credit_conflict,
        max(credit_expires_on) as credit_expires_on
    from given_credits
    group by touchpoint_id, credit_type
),

final as (
    select
        touchpoint_id,
        credit_type,
        coalesce(reported_credits, awarded_credits) as credits,
        reported_credits,
        awarded_credits,
        coalesce(reported_credits, awarded_credits) * 4 = floor(coalesce(reported_credits, awarded_credits) * 4)
            as is_multiple_of_quarter,
        has_credit_conflict,
        coalesce(credit_expires_on >= cast({{ as_of_at() }} as date), true) as is_current,
        credit_expires_on
    from by_type
)

select * from final
