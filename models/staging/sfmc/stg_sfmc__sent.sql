with

sent as (
    select * from {{ accepted('sfmc', 'Sent') }}
),

final as (
    select
        JobID as job_id,
        ListID as list_id,
        BatchID as batch_id,
        SubscriberID as subscriber_id,
        trim(SubscriberKey) as subscriber_key,
        {{ parse_timestamp('EventDate', feed_zone('sfmc', 'Sent')) }} as occurred_at,
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from sent
)

select * from final
