with

participants as (
    select * from {{ accepted('zoom', 'participants') }}
),

final as (
    select
        uuid as webinar_uuid,
        user_id,
        id as participant_id,
        registrant_id,
        bo_mtg_id as breakout_id,
        {{ normalised_email('user_email') }} as email,
        status,
        coalesce({{ parse_boolean('internal_user') }}, false) as is_internal,
        coalesce({{ parse_boolean('failover') }}, false) as is_failover,
        cast(floor({{ parse_decimal('duration', 12, 2) }}) as bigint) as duration_seconds,
        {{ parse_timestamp('join_time', feed_zone('zoom', 'participants')) }} as joined_at,
        {{ parse_timestamp('leave_time', feed_zone('zoom', 'participants')) }} as left_at,
        {{ lineage("uuid || '|' || user_id || '|' || join_time") }}
    from participants
)

select * from final
