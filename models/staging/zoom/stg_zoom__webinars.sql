with

webinars as (
    select * from {{ accepted('zoom', 'webinar') }}
),

final as (
    select
        uuid as webinar_uuid,
        id as webinar_id,
        topic,
        type,
        coalesce(type in ('1', '2', '3', '4', '7', '8'), false) as is_meeting,
        {{ normalised_email('user_email') }} as host_email,
        {{ parse_decimal('duration', 12, 2) }} as duration_minutes,
        {{ parse_timestamp('start_time', feed_zone('zoom', 'webinar')) }} as started_at,
        {{ parse_timestamp('end_time', feed_zone('zoom', 'webinar')) }} as ended_at,
        {{ lineage('uuid') }}
    from webinars
)

select * from final
