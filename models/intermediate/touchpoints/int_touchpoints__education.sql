with

reports as (
    select * from {{ ref('stg_cme_pars__learner_reports') }}
),

-- Learners who never agreed to be named make no touch (CME-11).
unshared as (
    select delivery, row_number from {{ ref('int_quarantine__unshared_learners') }} where object = 'learner_report'
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

final as (
    select
        'cme_pars' as source_system,
        'learner_report' as source_object,
        reports.record_id as source_record_id,
        'cme_pars|learner_report|' || reports.record_id as record_ref,
        reports.delivery,
        reports.row_number,
        reports.first_delivered_at,
        -- A retake is the same completion: one per person and activity (CME-06).
        'cme_pars|learner_report|' || reports.provider_id || '|' || reports.activity_id as interaction_ref,
        'cme_learner' as id_type,
        reports.provider_id || '|' || reports.learner_key as id_value,
        'cme' as channel,
        'cme_completion' as touchpoint_type,
        'pull' as direction,
        'education' as purpose,
        reports.completed_at as occurred_at,
        reports.completed_on as business_on, -- the provider's day, so its year too (CME-07)
        'assumed_zone' as time_confidence,
        cast(null as {{ type_text() }}) as user_id,
        cast(null as {{ type_text() }}) as team_function,
        cast(null as {{ type_text() }}) as team,
        cast(null as {{ type_text() }}) as product,
        content.topic,
        content.content_id,
        coalesce(content.content_type, 'education') as content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(null as bigint) as duration_seconds,
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        true as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        true as is_response_observable,
        false as is_two_way,
        'any' as consent_channel,
        cast(null as {{ type_text() }}) as channel_value,
        cast(null as {{ type_text() }}) as scope_product_id,
        cast(null as {{ type_text() }}) as scope_detail_group_id,
        cast(null as {{ type_text() }}) as scope_content_type_id,
        cast(null as {{ type_text() }}) as scope_list_id,
        false as is_response_to_request
    from reports
    left join unshared on reports.delivery = unshared.delivery and reports.row_number = unshared.row_number
    left join content on reports.activity_id = content.content_id
    where unshared.delivery is null and reports.learner_key is not null
)

select * from final
