with

subscribers as (
    select * from {{ accepted('sfmc', 'Subscribers') }}
),

final as (
    select
        SubscriberID as subscriber_id,
        trim(SubscriberKey) as subscriber_key,
        {{ normalised_email('EmailAddress') }} as email,
        Status as status,
        {{ parse_timestamp('DateJoined', feed_zone('sfmc', 'Subscribers')) }} as joined_at,
        {{ parse_timestamp('DateUnsubscribed', feed_zone('sfmc', 'Subscribers')) }} as unsubscribed_at,
        {{ lineage('SubscriberID') }}
    from subscribers
)

select * from final
