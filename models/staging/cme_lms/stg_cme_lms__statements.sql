with

statements as (
    select * from {{ accepted('cme_lms', 'xapi') }}
),

named as (
    select
        *,
        regexp_replace(regexp_replace(verb_id, '[/#]+$', ''), '^.*[/#]', '') as verb,
        {{ normalised_email("regexp_replace(lower(trim(actor_mbox)), '^mailto:', '')") }} as email
    from statements
),

-- Completion and success are two things: `passed` says both, `completed` says nothing of success (CME-34).
final as (
    select
        id as statement_id,
        trim(context_platform) as provider_id,
        coalesce(actor_account_name, email) as lms_user_id,
        email,
        verb,
        case when verb <> 'voided' then object_id end as activity_id,
        case when verb = 'voided' then object_id end as voided_statement_id,
        regexp_replace(activity_type, '^.*[/#]', '') as activity_type,
        context_registration as registration,
        coalesce(
            {{ parse_boolean('result_completion') }}, case when verb in ('completed', 'passed', 'satisfied') then true end
        ) as is_completed,
        coalesce(
            {{ parse_boolean('result_success') }}, case verb when 'passed' then true when 'failed' then false end
        ) as is_successful,
        {{ parse_decimal('result_score_scaled', 7, 4) }} as scaled_score,
        {{ parse_duration('result_duration') }} as duration_seconds,
        {{ parse_timestamp('timestamp') }} as occurred_at,
        {{ parse_timestamp('stored') }} as stored_at,
        {{ lineage('id') }}
    from named
)

select * from final
