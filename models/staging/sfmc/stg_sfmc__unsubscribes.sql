with

unsubscribes as (
    select * from {{ accepted('sfmc', 'Unsubscribe') }}
),

final as (
    select
        {{ sfmc_event('Unsubscribe') }},
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from unsubscribes
)

select * from final
