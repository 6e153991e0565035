with

bounces as (
    select * from {{ accepted('sfmc', 'Bounce') }}
),

final as (
    select
        JobID as job_id,
        ListID as list_id,
        BatchID as batch_id,
        SubscriberID as subscriber_id,
        trim(SubscriberKey) as subscriber_key,
        BounceCategoryID as bounce_category_id,
        coalesce({{ parse_boolean('IsFalseBounce') }}, false) as is_false_bounce,
        {{ parse_timestamp('EventDate', feed_zone('sfmc', 'Bounce')) }} as occurred_at,
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from bounces
)

select * from final
