with

deliveries as (
    select
        *,
        max(case when is_applied then 1 else 0 end) over (partition by system, object, delivery) as is_name_applied
    from {{ ref('stg_rapport__deliveries') }}
),

-- The files of one instant are one extract, and none if a file of it could not be applied: its keys would seem to be gone.
extracts as (
    select system, object, delivered_at as extract_at
    from deliveries
    where is_full
    group by system, object, delivered_at
    having min(is_name_applied) = 1
),

final as (
    select
        row_number() over (
            order by
                deliveries.delivered_at, deliveries.is_deletes,
                deliveries.system, deliveries.object, deliveries.delivery
        ) as delivery_order,
        deliveries.system,
        deliveries.object,
        deliveries.delivery,
        deliveries.is_deletes,
        deliveries.delivered_at,
        min(extracts.extract_at) as next_extract_at
    from deliveries
    left join extracts
        on deliveries.system = extracts.system
        and deliveries.object = extracts.object
        and extracts.extract_at > deliveries.delivered_at
    where deliveries.is_applied
    group by
        deliveries.system, deliveries.object, deliveries.delivery, deliveries.is_deletes, deliveries.delivered_at
)

select * from final
