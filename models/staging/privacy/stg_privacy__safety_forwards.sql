with

safety_forwards as (
    select * from {{ accepted('privacy', 'safety_forwards') }}
),

final as (
    select
        lower(trim(candidate_id)) as candidate_id,
        {{ parse_timestamp('forwarded_at', feed_zone('privacy', 'safety_forwards')) }} as forwarded_at,
        action_code,
        {{ lineage('candidate_id') }}
    from safety_forwards
)

select * from final
