with

statements as (
    select * from {{ ref('stg_cme_lms__statements') }}
),

-- Whoever voids: the statement is gone, and the voiding one says nothing else (CME-31).
voided as (
    select voided_statement_id from statements where voided_statement_id is not null group by voided_statement_id
),

-- Parts of a course are no course: real platforms send `completed` for each video that was seen to its end.
standing as (
    select
        statements.*,
        coalesce('registration|' || statements.registration, 'activity|' || statements.activity_id) as completion
    from statements
    left join voided on statements.statement_id = voided.voided_statement_id
    where
        voided.voided_statement_id is null
        and statements.is_completed
        and statements.activity_id is not null
        and coalesce(statements.activity_type, 'course') not in ('video', 'cmi.interaction', 'question')
),

-- `completed`, `passed` and `satisfied` of one registration are one completion (CME-33), of the course that is
-- satisfied, at the first of their instants by the learner's clock and not by arrival (CME-32).
completions as (
    select
        *,
        first_value(activity_id) over (
            partition by provider_id, lms_user_id, completion
            order by case when verb = 'satisfied' then 0 else 1 end, occurred_at nulls last, statement_id
        ) as course_id,
        min(occurred_at) over (partition by provider_id, lms_user_id, completion) as completed_at,
        bool_or(is_successful) over (partition by provider_id, lms_user_id, completion) as is_completion_successful
    from standing
),

courses as (
    select * from {{ ref('int_completions__courses') }}
),

final as (
    select
        'cme_lms' as source_system, 'xapi' as source_object, completions.record_id, completions.delivery,
        completions.row_number, completions.first_delivered_at,
        completions.provider_id, completions.course_id as activity_id, courses.interaction_ref,
        'lms_user' as id_type, completions.provider_id || '|' || completions.lms_user_id as id_value,
        courses.is_accredited, completions.is_completion_successful as is_successful, false as is_date_uncertain,
        completions.completed_at,
        cast(completions.completed_at as date) as completed_on,
        'exact' as time_confidence,
        cast(floor(completions.duration_seconds) as bigint) as duration_seconds
    from completions
    inner join courses on completions.provider_id = courses.provider_id and completions.course_id = courses.course_id
)

select * from final
