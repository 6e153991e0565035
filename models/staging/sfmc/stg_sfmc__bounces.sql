with

bounces as (
    select * from {{ accepted('sfmc', 'Bounce') }}
),

final as (
    select
        {{ sfmc_event('Bounce') }},
        BounceCategoryID as bounce_category_id,
        coalesce({{ parse_boolean('IsFalseBounce') }}, false) as is_false_bounce,
        {{ lineage("concat_ws('|', JobID, ListID, BatchID, SubscriberID, EventDate)") }}
    from bounces
)

select * from final
