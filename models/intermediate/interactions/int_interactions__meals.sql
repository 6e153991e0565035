with

records as (
    select * from {{ ref('int_touchpoints__resolved') }}
),

payments as (
    select record_id, company_id from {{ ref('int_payments__classified') }}
),

-- Who paid is in no other feed: of meals from two companies on one day, nobody can say which was eaten with ours.
meals as (
    select
        records.person_ref,
        records.business_on,
        records.interaction_ref,
        min(payments.company_id) over (partition by records.person_ref, records.business_on)
        = max(payments.company_id) over (partition by records.person_ref, records.business_on) as is_of_one_company
    from records
    inner join payments on records.source_record_id = payments.record_id
    where records.feed = 'cms_open_payments|general' and records.touchpoint_type = 'meal'
),

-- The event first, then the earliest call; in person both, which a human attends by nature.
visits as (
    select
        person_ref,
        business_on,
        interaction_ref,
        row_number() over (
            partition by person_ref, business_on
            order by case when channel = 'event' then 0 else 1 end, occurred_at nulls last, interaction_ref
        ) as place
    from records
    where feed like 'veeva_crm|%' and channel in ('event', 'face_to_face') and is_human_by_nature
),

final as (
    select meals.interaction_ref as child_ref, visits.interaction_ref as parent_ref
    from meals
    inner join visits
        on meals.person_ref = visits.person_ref and meals.business_on = visits.business_on and visits.place = 1
    where meals.is_of_one_company
    group by meals.interaction_ref, visits.interaction_ref
)

select * from final
