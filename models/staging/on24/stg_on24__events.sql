with

events as (
    select * from {{ accepted('on24', 'event') }}
),

flags as (
    select *, {{ parse_boolean('istestevent') }} as is_marked_here, {{ parse_boolean('testevent') }} as is_marked_elsewhere
    from events
),

final as (
    select
        eventid as event_id,
        contenttype as content_type,
        -- By endpoint one column or the other; neither of them is no answer (WEB-33).
        coalesce(is_marked_here, is_marked_elsewhere) or coalesce(is_marked_elsewhere, is_marked_here) as is_test,
        {{ parse_timestamp('livestart', feed_zone('on24', 'event')) }} as live_from_at,
        {{ parse_timestamp('liveend', feed_zone('on24', 'event')) }} as live_to_at,
        {{ parse_timestamp('archivestart', feed_zone('on24', 'event')) }} as on_demand_from_at,
        {{ parse_timestamp('archiveend', feed_zone('on24', 'event')) }} as on_demand_to_at,
        cast(60 * {{ parse_decimal('coalesce(eventduration, scheduledeventduration)', 12, 2) }} as bigint) as duration_seconds,
        {{ lineage('eventid') }}
    from flags
)

select * from final
