with

webinars as (
    select
        *,
        coalesce(ended_at, {{ dbt.dateadd('minute', 'cast(floor(duration_minutes) as integer)', 'started_at') }}) as closed_at
    from {{ ref('stg_zoom__webinars') }}
),

joins as (
    select * from {{ ref('int_webinars__joins') }} where is_counted
),

-- A meeting's report gives minutes without times: they count from the start, as an assumption.
clipped as (
    select
        joins.source_object, joins.webinar_uuid, joins.id_type, joins.id_value, joins.attendee_ref,
        greatest(coalesce(joins.joined_at, webinars.started_at), webinars.started_at) as present_from_at,
        least(
            coalesce(
                joins.left_at,
                {{ dbt.dateadd('second', 'cast(joins.duration_seconds as integer)', 'coalesce(joins.joined_at, webinars.started_at)') }},
                joins.joined_at
            ),
            webinars.closed_at
        ) as present_to_at,
        joins.source_object = 'participants' as is_exact,
        webinars.started_at,
        webinars.closed_at,
        webinars.topic,
        webinars.host_email,
        webinars.is_meeting,
        joins.record_id,
        joins.delivery,
        joins.row_number,
        joins.first_delivered_at
    from joins
    inner join webinars on joins.webinar_uuid = webinars.webinar_uuid
),

-- Overlapping joins of one person count once, breakout rooms and both shapes with them (WEB-02, WEB-16): each adds what it
-- shows beyond the joins before it.
final as (
    select
        *,
        greatest(present_from_at, max(present_to_at) over (
            partition by webinar_uuid, attendee_ref
            order by present_from_at, present_to_at, record_id
            rows between unbounded preceding and 1 preceding
        )) as counted_from_at
    from clipped
    where present_from_at < present_to_at
)

select * from final
