with

versions as (
    select * from {{ versions('sfmc', 'Subscribers') }}
),

parsed as (
    select
        SubscriberID as subscriber_id,
        trim(SubscriberKey) as subscriber_key,
        {{ normalised_email('EmailAddress') }} as email,
        {{ lineage('SubscriberID') }}
    from versions
),

ranged as (
    select
        *,
        row_number() over (
            partition by subscriber_id order by delivered_at, delivery, row_number
        ) = 1 as is_first,
        lead(delivered_at) over (
            partition by subscriber_id order by delivered_at, delivery, row_number
        ) as valid_to_at
    from parsed
),

final as (
    select
        subscriber_id,
        subscriber_key,
        email,
        is_first,
        delivered_at as valid_from_at,
        valid_to_at,
        record_id,
        delivery,
        row_number,
        delivered_at,
        first_delivered_at
    from ranged
    where is_first or valid_to_at is null or valid_to_at > delivered_at
)

select * from final
