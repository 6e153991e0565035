{%- set margin = "interval '" ~ var('accredited_session_minutes') ~ "' minute" -%}
with

activities as (
    select * from {{ ref('stg_reference__accredited_activities') }} where is_live and starts_at is not null
),

completions as (
    select * from {{ ref('int_completions__unioned') }}
),

-- Learners who may be named, since only they are touches.
learners as (
    select hcp_key, source_object, source_record_id, first_delivered_at
    from {{ ref('int_touchpoints__keyed') }}
    where touchpoint_type = 'cme_completion' and hcp_key is not null
),

final as (
    select
        learners.hcp_key, activities.activity_id, activities.starts_at - {{ margin }} as closed_from_at,
        greatest(activities.starts_at, coalesce(activities.ends_at, activities.starts_at)) + {{ margin }} as closed_to_at,
        greatest(min(learners.first_delivered_at), activities.first_delivered_at) as known_at
    from activities
    inner join completions
        on activities.activity_id = completions.activity_id
        and (activities.provider is null or activities.provider = completions.provider_id)
    inner join learners
        on completions.source_object = learners.source_object and completions.record_id = learners.source_record_id
    group by
        learners.hcp_key, activities.activity_id, activities.starts_at, activities.ends_at, activities.first_delivered_at
)

select * from final
