with

-- A gateway, a page or a PDF is no webinar (WEB-36); a test is nothing, and so is an event that may be one (WEB-33).
events as (
    select
        events.*,
        coalesce({{ dbt.datediff('events.live_from_at', 'events.live_to_at', 'second') }}, events.duration_seconds) as length_seconds
    from {{ ref('stg_on24__events') }} as events
    inner join {{ ref('on24_content_types') }} as content_types on events.content_type = content_types.content_type
    where content_types.is_webinar and not events.is_test
),

-- Colleagues are no audience (WEB-04).
attendees as (
    select
        attendees.*,
        attendees.live_seconds > 0 or attendees.live_from_at is not null as has_live_trace,
        attendees.on_demand_seconds > 0 or attendees.on_demand_from_at is not null as has_on_demand_trace
    from {{ ref('stg_on24__attendees') }} as attendees
    left join {{ ref('int_users__addresses') }} as staff on attendees.email = staff.email
    where staff.email is null
),

-- Live and on demand are two measures and two touches (WEB-25). Of a forgotten person often nothing is left but that
-- somebody was there: that still counts, once, on the day of the event (WEB-20).
viewings as (
    select
        *, 'live' as viewing, live_from_at as viewed_from_at, live_seconds as viewed_seconds
    from attendees
    where has_live_trace or (is_forgotten and not coalesce(has_on_demand_trace, false))
    union all
    select *, 'on_demand', on_demand_from_at, on_demand_seconds from attendees where has_on_demand_trace
),

-- An answer belongs to the viewing that it was given in. A bare count of answers does not say when: the first viewing.
answered as (
    select
        answers.record_id,
        case
            when answers.answered_at >= attendees.on_demand_from_at
                and (attendees.live_to_at is null or answers.answered_at > attendees.live_to_at) then 'on_demand'
            when attendees.has_live_trace then 'live'
            else 'on_demand'
        end as viewing
    from {{ ref('stg_on24__answers') }} as answers
    inner join attendees on answers.record_id = attendees.record_id
    union
    select record_id, case when has_live_trace then 'live' else 'on_demand' end
    from attendees
    where coalesce(asked_questions, 0) + coalesce(answered_polls, 0) + coalesce(answered_surveys, 0) > 0
        and record_id not in (select record_id from {{ ref('stg_on24__answers') }})
),

final as (
    select
        viewings.event_id, viewings.event_user_id, viewings.viewing, viewings.is_forgotten, viewings.viewed_from_at,
        coalesce(
            {{ local_date('viewings.viewed_from_at', feed_zone('on24', 'attendee')) }},
            case when viewings.viewing = 'live' then {{ local_date('events.live_from_at', feed_zone('on24', 'attendee')) }} end
        ) as viewed_on,
        viewings.viewed_seconds,
        answered.record_id is not null as has_answered,
        {{ attended_half('viewings.viewed_seconds', 'events.length_seconds') }} as has_stayed,
        viewings.record_id, viewings.delivery, viewings.row_number, viewings.first_delivered_at
    from viewings
    inner join events on viewings.event_id = events.event_id
    left join answered on viewings.record_id = answered.record_id and viewings.viewing = answered.viewing
)

select * from final where viewed_on is not null
