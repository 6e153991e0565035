{%- set described = [
    'occurred_at', 'product', 'topic', 'content_id', 'content_type', 'journey_id'
] -%}
{%- set of_the_sender = ['user_id', 'team_function', 'team', 'purpose'] -%}
with

records as (
    select
        *,
        row_number() over (
            partition by touchpoint_id order by description_rank, first_delivered_at nulls last, record_ref
        ) as place
    from {{ ref('int_touchpoints__keyed') }}
    where record_count > 1
),

-- Whoever knows the sender's function tells the purpose (ruling 23): a meal's report does not.
ordered as (
    select
        *,
        place + case when team_function is not null then 0 when user_id is not null then 1000000 else 2000000 end as sender_place,
        min(case when duration_seconds is not null then duration_rank end) over (partition by touchpoint_id) as best_duration_rank
    from records
),

-- Every join of a session carries all of the person's presence in it; a meeting that broke off has several sessions.
presences as (
    select touchpoint_id, interaction_ref, duration_rank, max(duration_seconds) as duration_seconds
    from ordered
    where duration_rank = best_duration_rank
    group by touchpoint_id, interaction_ref, duration_rank
),

durations as (
    select
        touchpoint_id,
        cast(case when duration_rank = 1 then sum(duration_seconds) else max(duration_seconds) end as bigint) as duration_seconds
    from presences
    group by touchpoint_id, duration_rank
),

evidence as (
    select
        touchpoint_id,
        {% for column in described -%}
        min_by({{ column }}, place) filter (where {{ column }} is not null) as {{ column }},
        {% endfor -%}
        {% for column in of_the_sender -%}
        min_by({{ column }}, sender_place) filter (where {{ column }} is not null) as {{ column }},
        {% endfor -%}
        min_by(time_confidence, place) filter (where occurred_at is not null) as time_confidence,
        min(first_delivered_at) as first_delivered_at,
        bool_or(is_delivered) as is_delivered,
        min(human_response_at) as human_response_at,
        bool_or(is_human_by_nature) as is_human_by_nature,
        bool_or(has_machine_click) as has_machine_click,
        bool_or(has_unknown_event) as has_unknown_event,
        bool_or(is_response_observable) as is_response_observable,
        bool_or(is_two_way) as is_two_way
    from ordered
    group by touchpoint_id
),

{%- set gathered = described + of_the_sender + [
    'first_delivered_at', 'is_delivered', 'human_response_at', 'is_human_by_nature', 'has_machine_click',
    'has_unknown_event', 'is_response_observable', 'is_two_way'
] %}

final as (
    select
        {{ all_except('records', gathered + ['time_confidence', 'duration_seconds', 'place']) }},
        {% for column in gathered -%}
        evidence.{{ column }},
        {% endfor -%}
        coalesce(evidence.time_confidence, 'date_only') as time_confidence,
        durations.duration_seconds
    from records
    inner join evidence on records.touchpoint_id = evidence.touchpoint_id
    left join durations on records.touchpoint_id = durations.touchpoint_id
    where records.place = 1
)

select * from final
