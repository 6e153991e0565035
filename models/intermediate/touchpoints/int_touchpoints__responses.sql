with

touches as (
    select * from {{ ref('int_touchpoints__identified') }}
),

verdicts as (
    select touchpoint_id, is_tracking_permitted from {{ ref('int_consents__verdicts') }}
),

-- Without tracking permission an open or click is never joined to the person (CNS-35): nothing can be observed.
observed as (
    select
        touches.touchpoint_id, touches.direction, touches.is_human_by_nature,
        coalesce(touches.occurred_at, cast(touches.business_on as timestamp)) as touched_at,
        coalesce(touches.is_response_observable, false) and verdicts.is_tracking_permitted as is_response_observable,
        case when verdicts.is_tracking_permitted then touches.human_response_at end as human_response_at,
        coalesce(touches.has_machine_click, false) and verdicts.is_tracking_permitted as has_machine_click,
        coalesce(touches.has_unknown_event, false) and verdicts.is_tracking_permitted as has_unknown_event,
        coalesce(touches.is_two_way, false) and verdicts.is_tracking_permitted as is_two_way
    from touches
    inner join verdicts on touches.touchpoint_id = verdicts.touchpoint_id
),

-- The order of ruling 25. A push may still be answered until fourteen days have passed.
final as (
    select
        touchpoint_id, is_response_observable, is_two_way,
        case
            when is_human_by_nature or human_response_at is not null then 'human'
            when not is_response_observable or (has_unknown_event and not has_machine_click) then 'unknown'
            when has_machine_click then 'machine'
            when direction = 'push' and {{ as_of_at() }}
                <= touched_at + interval '1' day * {{ var('eqs_response_window_days') }} then 'pending'
            else 'none'
        end as response_class,
        coalesce(human_response_at, case when is_human_by_nature then touched_at end) as responded_at
    from observed
)

select * from final
