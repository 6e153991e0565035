with

courses as (
    select provider_id, course_id, lower(trim(course_name)) as title from {{ ref('stg_cme_lms__credits') }}
    union all
    select provider_id, activity_id, null from {{ ref('stg_cme_lms__statements') }} where activity_id is not null
),

named as (
    select provider_id, course_id, min(title) as title from courses where provider_id is not null group by provider_id, course_id
),

activities as (
    select
        activity_id, min(lower(trim(activity_name))) as title,
        'cme_pars|learner_report|' || provider_id || '|' || activity_id as activity_ref
    from {{ ref('stg_cme_pars__learner_reports') }}
    group by provider_id, activity_id
),

by_id as (
    select activity_id, min(activity_ref) as activity_ref from activities group by activity_id
),

-- A title that two activities share says nothing.
by_title as (
    select title, min(activity_ref) as activity_ref from activities where title is not null group by title having count(*) = 1
),

listed as (
    select activity_id, provider from {{ ref('stg_reference__accredited_activities') }} group by activity_id, provider
),

-- PARS holds accredited activities only. Two courses of one title need not both be accredited: only an id or the list
-- says so, and unknown is not accredited (CME-40).
final as (
    select
        named.provider_id,
        named.course_id,
        coalesce(
            min(by_id.activity_ref), min(by_title.activity_ref), 'cme_lms|course|' || named.provider_id || '|' || named.course_id
        ) as interaction_ref,
        count(by_id.activity_ref) + count(listed.activity_id) > 0 as is_accredited
    from named
    left join by_id on named.course_id = by_id.activity_id
    left join by_title on named.title = by_title.title
    left join listed
        on named.course_id = listed.activity_id
        and (listed.provider is null or listed.provider = named.provider_id)
    group by named.provider_id, named.course_id
)

select * from final
