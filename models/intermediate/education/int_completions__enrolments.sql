with

enrolments as (
    select * from {{ ref('stg_cme_lms__credits') }} where is_complete
),

courses as (
    select * from {{ ref('int_completions__courses') }}
),

-- Each credit type is a row of its own and a record of the same completion (CME-21). A date that may be a login's keeps
-- its day and loses its time (CME-20).
final as (
    select
        'cme_lms' as source_system, 'credit' as source_object, enrolments.record_id, enrolments.delivery,
        enrolments.row_number, enrolments.first_delivered_at,
        enrolments.provider_id, enrolments.course_id as activity_id, courses.interaction_ref,
        'lms_user' as id_type, enrolments.provider_id || '|' || enrolments.lms_user_id as id_value,
        courses.is_accredited, cast(null as boolean) as is_successful, enrolments.is_date_uncertain,
        case
            when not enrolments.is_completed_without_time and not enrolments.is_date_uncertain then enrolments.completed_at
        end as completed_at,
        enrolments.completed_on,
        case
            when enrolments.is_completed_without_time or enrolments.is_date_uncertain then 'date_only'
            else 'assumed_zone'
        end as time_confidence,
        cast(null as bigint) as duration_seconds
    from enrolments
    inner join courses on enrolments.provider_id = courses.provider_id and enrolments.course_id = courses.course_id
)

select * from final
