with

credits as (
    select * from {{ accepted('cme_lms', 'credit') }}
),

timed as (
    select
        *,
        {{ parse_timestamp('enrollment_start', feed_zone('cme_lms', 'credit')) }} as enrolled_from_at,
        {{ parse_timestamp('enrollment_end', feed_zone('cme_lms', 'credit')) }} as enrolled_to_at,
        {{ parse_timestamp('date_completed', feed_zone('cme_lms', 'credit')) }} as completed_at,
        {{ parse_date('enrollment_start') }} as enrolled_from_on,
        {{ parse_date('enrollment_end') }} as enrolled_to_on,
        {{ parse_date('date_completed') }} as completed_on
    from credits
),

final as (
    select
        {{ feed_setting('cme_lms', 'credit', 'provider') }} as provider_id,
        external_course_id as course_id,
        external_user_id as lms_user_id,
        title as course_name,
        {{ normalised_email('external_mail') }} as email,
        first_name,
        last_name,
        credit_type,
        {{ parse_decimal('credits', 6, 2) }} as credits,
        complete = '1' as is_complete,
        {{ parse_boolean('attended') }} as is_attended,
        length(trim(date_completed)) = 10 as is_completed_without_time,
        -- The platform writes the next login where it knew no completion (CME-20): a day outside the enrolment, or long
        -- after it began where it has no end, or without any enrolment to hold it against, proves nothing.
        not coalesce(
            completed_on >= enrolled_from_on
            and completed_on <= coalesce(
                enrolled_to_on, enrolled_from_on + interval '1' day * {{ var('lms_completion_max_days') }}
            ),
            false
        ) as is_date_uncertain,
        enrolled_from_at,
        enrolled_to_at,
        completed_at,
        completed_on,
        {{ parse_date('credit_expiration') }} as credit_expires_on,
        {{ lineage("concat_ws('|', external_course_id, external_user_id, credit_type)") }}
    from timed
)

select * from final
