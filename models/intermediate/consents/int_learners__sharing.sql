with

decisions as (
    select * from {{ ref('int_consents__decisions') }} where purpose = 'education_share'
),

as_of_dates as (
    select cast(as_of_on as timestamp) as as_of_at from {{ ref('int_engagement__as_of_dates') }}
),

-- Only the learner's own ids prove a consent; what was withdrawn under any id of the same person ends the sharing (CMP-27).
learner_ids as (
    select object, delivery, row_number, provider_id, may_grant, id_type, id_value from {{ ref('int_learners__ids') }}
    union all
    select object, delivery, row_number, provider_id, false, id_type, id_value from {{ ref('int_learners__same_people') }}
),

-- In force means on the whole of an as-of date (ruling 42): granted by its start, not withdrawn by its end.
states as (
    select
        as_of_dates.as_of_at, learner_ids.object, learner_ids.delivery, learner_ids.row_number, learner_ids.may_grant,
        learner_ids.id_type, learner_ids.id_value,
        max(case when decisions.decision = 'opt_in' and decisions.effective_at <= as_of_dates.as_of_at
            then decisions.effective_at end) as granted_at,
        max(case when decisions.decision = 'opt_out' and decisions.effective_at < as_of_dates.as_of_at + interval '1' day
            and (decisions.ended_at is null or decisions.ended_at > as_of_dates.as_of_at)
            then decisions.effective_at end) as withdrawn_at
    from learner_ids
    inner join decisions
        on learner_ids.id_type = decisions.id_type
        and learner_ids.id_value = decisions.id_value
        and (decisions.scope_type = 'global' or learner_ids.provider_id = decisions.scope_id)
    cross join as_of_dates
    group by
        as_of_dates.as_of_at, learner_ids.object, learner_ids.delivery, learner_ids.row_number, learner_ids.may_grant,
        learner_ids.id_type, learner_ids.id_value
),

-- The least permissive of the ids counts.
final as (
    select as_of_at, object, delivery, row_number
    from states
    group by as_of_at, object, delivery, row_number
    having
        bool_and(coalesce(granted_at > withdrawn_at, withdrawn_at is null))
        and count(case when may_grant then granted_at end) > 0
)

select * from final
