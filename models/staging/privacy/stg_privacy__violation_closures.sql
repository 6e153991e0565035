with

violation_closures as (
    select * from {{ accepted('privacy', 'violation_closures') }}
),

final as (
    select
        lower(trim(violation_id)) as violation_id,
        {{ parse_timestamp('closed_at', feed_zone('privacy', 'violation_closures')) }} as closed_at,
        action_code,
        {{ lineage('violation_id') }}
    from violation_closures
)

select * from final
