with

clicks as (
    select * from {{ accepted('sfmc', 'Click') }}
),

final as (
    select
        JobID as job_id,
        ListID as list_id,
        BatchID as batch_id,
        SubscriberID as subscriber_id,
        trim(SubscriberKey) as subscriber_key,
        {{ link_without_query('URL') }} as link,
        LinkName as link_name,
        {{ parse_timestamp('EventDate', feed_zone('sfmc', 'Click')) }} as occurred_at,
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate, coalesce(URL, ''), coalesce(LinkName, ''))") }}
    from clicks
)

select * from final
