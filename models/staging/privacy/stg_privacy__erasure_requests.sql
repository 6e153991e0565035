with

erasure_requests as (
    select * from {{ accepted('privacy', 'erasure_requests') }}
),

final as (
    select
        request_id,
        id_type,
        trim(id_value) as id_value,
        {{ parse_timestamp('requested_at', feed_zone('privacy', 'erasure_requests')) }} as requested_at,
        {{ lineage('request_id') }}
    from erasure_requests
)

select * from final
