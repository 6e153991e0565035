with

records as (
    select * from {{ ref('int_touchpoints__resolved') }}
),

roots as (
    select * from {{ ref('int_interactions__roots') }}
),

ranks as (
    select * from {{ ref('feed_ranks') }}
),

gaps as (
    select * from {{ ref('int_meetings__attendance_gaps') }} where kind = 'reported_only'
),

-- Who stands on the call report of a meeting, but not among those who joined, may have been there or not (CRM-44).
joined as (
    select
        {{ all_except('records', ['is_human_by_nature', 'is_response_observable', 'is_two_way']) }},
        records.is_human_by_nature and gaps.kind is null as is_human_by_nature,
        records.is_response_observable and gaps.kind is null as is_response_observable,
        records.is_two_way and gaps.kind is null as is_two_way,
        coalesce(roots.root_ref, records.interaction_ref) as root_ref,
        coalesce(ranks.description_rank, 99) as description_rank,
        coalesce(ranks.duration_rank, 99) as duration_rank
    from records
    left join roots on records.interaction_ref = roots.interaction_ref
    left join ranks on records.feed = ranks.feed
    left join gaps on records.interaction_ref = gaps.interaction_ref and records.person_ref = gaps.person_ref
),

-- The record delivered first leads, so the touch keeps its key (ruling 22).
led as (
    select
        *,
        first_value(record_ref) over (
            partition by root_ref, person_ref
            order by first_delivered_at nulls last, description_rank, record_ref
            rows between unbounded preceding and unbounded following
        ) as leading_record_ref,
        count(*) over (partition by root_ref, person_ref) as record_count
    from joined
),

final as (
    select
        {{ keyed_hash("'touchpoint|' || leading_record_ref") }} as touchpoint_id,
        {{ keyed_hash("'interaction|' || root_ref") }} as interaction_id,
        *
    from led
)

select * from final
