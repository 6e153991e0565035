with

completions as (
    select * from {{ ref('int_completions__unioned') }}
),

-- Types are never added (CME-04): a learner has the most that one type gives.
credits as (
    select 'learner_report' as source_object, record_id, max(credits) as credits
    from {{ ref('stg_cme_pars__credits') }}
    group by record_id
    union all
    select 'credit', record_id, max(credits) from {{ ref('stg_cme_lms__credits') }} group by record_id
),

-- Attempts of a learner are one completion (CME-06). Nothing joins a learner of one feed to one of another (CMP-22).
learners as (
    select
        completions.interaction_ref, completions.source_system, completions.id_type, completions.id_value,
        min(completions.provider_id) as provider_id, min(completions.activity_id) as activity_id,
        min(completions.completed_on) as completed_on, max(credits.credits) as credits
    from completions
    left join credits
        on completions.source_object = credits.source_object
        and completions.record_id = credits.record_id
    where completions.is_accredited and completions.completed_on is not null
    group by completions.interaction_ref, completions.source_system, completions.id_type, completions.id_value
),

-- An activity that two feeds report would count its learners twice: the feed that knows most of them counts, of equals PARS.
feeds as (
    select
        interaction_ref, source_system,
        row_number() over (partition by interaction_ref order by count(*) desc, source_system desc) as place
    from learners
    group by interaction_ref, source_system
),

final as (
    select learners.*
    from learners
    inner join feeds
        on learners.interaction_ref = feeds.interaction_ref
        and learners.source_system = feeds.source_system
        and feeds.place = 1
)

select * from final
