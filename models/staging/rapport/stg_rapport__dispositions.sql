with

keyed_rows as (
    select * from {{ ref('stg_rapport__keyed_rows') }}
),

deliveries as (
    select * from {{ ref('stg_rapport__applied_deliveries') }}
),

-- A life of a key lasts from its coming to its deletion.
lives as (
    select
        *,
        sum(is_removal) over (
            partition by record_key order by delivery_order, row_number rows between unbounded preceding and current row
        ) + coalesce(sum(is_absent_next) over (
            partition by record_key order by delivery_order, row_number rows between unbounded preceding and 1 preceding
        ), 0) as life,
        sum(is_removal + is_absent_next) over (partition by record_key) as lives_ended
    from keyed_rows
    where key_rows > 1
),

-- Within one file the last row of a key wins (ruling 3).
file_rows as (
    select
        *,
        last_value(fingerprint) over (
            partition by record_key, life, is_upsert, delivery_order order by row_number
            rows between unbounded preceding and unbounded following
        ) as file_fingerprint,
        lead(row_number) over (partition by record_key, life, is_upsert, delivery_order order by row_number) is null
            as is_file_winner,
        row_number() over (partition by record_key, life, is_upsert order by delivery_order, row_number) as life_row
    from lives
),

-- A winner that differs from the one before it is a new state; an equal one repeats it, and the first row stands.
states as (
    select
        *,
        is_upsert and is_file_winner and fingerprint <> coalesce(lag(fingerprint) over (
            partition by record_key, life, is_upsert, is_file_winner order by delivery_order
        ), '') as is_new_state
    from file_rows
),

settled as (
    select *, max(case when is_new_state then delivery_order end) over (partition by record_key, life, is_upsert) as last_state_order
    from states
),

disposed as (
    select
        delivery_order, row_number, first_delivery_order, is_deletion, reason_code, column_names,
        case
            when reason_code is not null then case reason_code when 'erased' then 'deleted' else 'quarantined' end
            when is_deletion then 'accepted'
            when is_event and life_row > 1 then 'duplicate'
            when not is_event and not is_file_winner and fingerprint <> file_fingerprint then 'superseded'
            when not is_event and not is_new_state then 'duplicate'
            when not is_event and delivery_order < last_state_order then 'superseded'
            when life < lives_ended then 'deleted'
            else 'accepted'
        end as disposition
    from settled
    union all
    select
        delivery_order, row_number, first_delivery_order, is_deletion, reason_code, column_names,
        case
            when reason_code is not null then case reason_code when 'erased' then 'deleted' else 'quarantined' end
            when is_absent_next = 1 and not is_deletion then 'deleted'
            else 'accepted'
        end as disposition
    from keyed_rows
    where key_rows = 1
),

final as (
    select
        deliveries.system, deliveries.object, deliveries.delivery, disposed.row_number,
        disposed.is_deletion, disposed.disposition, disposed.reason_code, disposed.column_names,
        deliveries.delivered_at, first_deliveries.delivered_at as first_delivered_at
    from disposed
    inner join deliveries on disposed.delivery_order = deliveries.delivery_order
    left join deliveries as first_deliveries on disposed.first_delivery_order = first_deliveries.delivery_order
)

select * from final
