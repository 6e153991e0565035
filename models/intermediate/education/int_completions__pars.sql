with

final as (
    select
        'cme_pars' as source_system, 'learner_report' as source_object, record_id, delivery, row_number, first_delivered_at,
        provider_id, activity_id,
        -- A retake is the same completion: one per person and activity (CME-06).
        'cme_pars|learner_report|' || provider_id || '|' || activity_id as interaction_ref,
        'cme_learner' as id_type, provider_id || '|' || learner_key as id_value,
        true as is_accredited, cast(null as boolean) as is_successful, false as is_date_uncertain,
        completed_at,
        completed_on, -- the provider's day, so its year too (CME-07)
        'assumed_zone' as time_confidence,
        cast(null as bigint) as duration_seconds
    from {{ ref('stg_cme_pars__learner_reports') }}
    where learner_key is not null
)

select * from final
