with

sent as (
    select * from {{ accepted('sfmc', 'Sent') }}
),

final as (
    select
        {{ sfmc_event('Sent') }},
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from sent
)

select * from final
