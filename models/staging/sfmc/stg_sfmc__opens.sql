with

opens as (
    select * from {{ accepted('sfmc', 'Open') }}
),

final as (
    select
        {{ sfmc_event('Open') }},
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from opens
)

select * from final
