with

accredited_activities as (
    select * from {{ accepted('reference', 'accredited_activities') }}
),

final as (
    select
        trim(activity_id) as activity_id,
        trim(provider) as provider,
        {{ parse_timestamp('starts_at', feed_zone('reference', 'accredited_activities')) }} as starts_at,
        {{ parse_timestamp('ends_at', feed_zone('reference', 'accredited_activities')) }} as ends_at,
        {{ parse_boolean('is_live') }} as is_live,
        venue_code,
        {{ lineage('activity_id') }}
    from accredited_activities
)

select * from final
