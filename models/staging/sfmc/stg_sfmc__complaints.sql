with

complaints as (
    select * from {{ accepted('sfmc', 'Complaint') }}
),

final as (
    select
        {{ sfmc_event('Complaint') }},
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from complaints
)

select * from final
