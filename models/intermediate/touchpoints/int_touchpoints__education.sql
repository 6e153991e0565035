with

completions as (
    select * from {{ ref('int_completions__unioned') }}
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

-- Learners who never agreed to be named make no touch (CME-11).
shared as (
    select completions.*
    from completions
    left join {{ ref('int_quarantine__unshared_learners') }} as unshared
        on completions.source_object = unshared.object
        and completions.delivery = unshared.delivery
        and completions.row_number = unshared.row_number
    where unshared.delivery is null
),

-- Attempts of a learner are one completion, the first of which the date is sure (CME-06); each stays a record of it.
attempts as (
    select
        *,
        first_value(completed_at) over first_of_all as first_completed_at,
        first_value(completed_on) over first_of_all as first_completed_on,
        first_value(time_confidence) over first_of_all as first_time_confidence,
        max(duration_seconds) over (partition by id_type, id_value, interaction_ref) as longest_seconds
    from shared
    window first_of_all as (
        partition by id_type, id_value, interaction_ref
        order by is_date_uncertain, completed_on, completed_at nulls last, record_id
    )
),

final as (
    select
        attempts.source_system,
        attempts.source_object,
        attempts.record_id as source_record_id,
        attempts.source_system || '|' || attempts.source_object || '|' || attempts.record_id as record_ref,
        attempts.delivery,
        attempts.row_number,
        attempts.first_delivered_at,
        attempts.interaction_ref,
        attempts.id_type,
        attempts.id_value,
        'cme' as channel,
        'cme_completion' as touchpoint_type,
        -- Nobody knows who began what may be no accredited education: it is no response to anything (CME-40).
        case when attempts.is_accredited then 'pull' else 'mutual' end as direction,
        'education' as purpose,
        attempts.first_completed_at as occurred_at,
        attempts.first_completed_on as business_on,
        attempts.first_time_confidence as time_confidence,
        {{ null_texts(['user_id', 'team_function', 'team', 'product']) }},
        content.topic,
        content.content_id,
        coalesce(content.content_type, case when attempts.is_accredited then 'education' end) as content_type,
        cast(null as {{ type_text() }}) as journey_id,
        attempts.longest_seconds as duration_seconds,
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        attempts.is_accredited as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        attempts.is_accredited as is_response_observable,
        false as is_two_way,
        'any' as consent_channel,
        {{ null_texts(['channel_value', 'scope_product_id', 'scope_detail_group_id', 'scope_content_type_id']) }},
        attempts.provider_id as scope_list_id,
        false as is_response_to_request
    from attempts
    left join content on attempts.activity_id = content.content_id
)

select * from final
