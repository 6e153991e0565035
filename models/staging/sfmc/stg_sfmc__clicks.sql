with

clicks as (
    select * from {{ accepted('sfmc', 'Click') }}
),

final as (
    select
        {{ sfmc_event('Click') }},
        {{ link_without_query('URL') }} as link,
        LinkName as link_name,
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate, coalesce(URL, ''), coalesce(LinkName, ''))") }}
    from clicks
)

select * from final
