with

learners as (
    select * from {{ ref('int_learners__completions') }}
),

as_of_dates as (
    select as_of_on, cast(as_of_on as timestamp) as as_of_at from {{ ref('int_engagement__as_of_dates') }}
),

records as (
    select object, delivery, row_number, id_type, id_value from {{ ref('int_learners__records') }}
),

-- One row of a learner that may be shared is enough to name them; the others only count.
sharing as (
    select sharing.as_of_at, records.id_type, records.id_value
    from {{ ref('int_learners__sharing') }} as sharing
    inner join records
        on sharing.object = records.object
        and sharing.delivery = records.delivery
        and sharing.row_number = records.row_number
    group by sharing.as_of_at, records.id_type, records.id_value
),

final as (
    select
        as_of_dates.as_of_on, learners.interaction_ref, min(learners.provider_id) as provider_id,
        min(learners.activity_id) as activity_id, count(*) as learners, count(sharing.id_value) as learners_sharing,
        sum(learners.credits) as credits
    from learners
    inner join as_of_dates on learners.completed_on < as_of_dates.as_of_on
    left join sharing
        on as_of_dates.as_of_at = sharing.as_of_at
        and learners.id_type = sharing.id_type
        and learners.id_value = sharing.id_value
    group by as_of_dates.as_of_on, learners.interaction_ref
)

select * from final
