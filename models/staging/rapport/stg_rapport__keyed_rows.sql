with

deliveries as (
    select * from {{ ref('stg_rapport__applied_deliveries') }}
),

record_types as (
    select distinct {{ salesforce_id('Id') }} as record_type_id, DeveloperName as developer_name
    from {{ source('veeva_crm', 'RecordType') }}
    where Id is not null
),

older_ids as (
    select * from {{ ref('stg_veeva_vault__older_ids') }}
),

withheld_values as (
    select * from {{ ref('stg_rapport__withheld_values') }}
),

checked as (
    {{ checked_rows() }}
),

-- The one pass over every row. Most keys have one row and are settled by it; rows without key meet in one partition.
keyed as (
    select
        *,
        count(*) over (partition by record_key) as key_rows,
        lead(delivery_order) over (partition by record_key order by delivery_order, row_number) as next_delivery_order,
        min(case when fault is null and not is_deletion then delivery_order end)
            over (partition by record_key) as first_delivery_order
    from checked
),

-- A full extract that comes before the key's next row and lacks the key deletes it (GEN-09); any row counts as presence.
final as (
    select
        keyed.delivery_order,
        keyed.row_number,
        keyed.record_key,
        keyed.key_rows,
        keyed.fingerprint,
        keyed.is_event,
        keyed.is_deletion,
        keyed.fault is null and not keyed.is_deletion as is_upsert,
        case when keyed.is_deletion and keyed.fault is null then 1 else 0 end as is_removal,
        case
            when next_deliveries.delivery_order is null and deliveries.next_extract_at is not null then 1
            when deliveries.next_extract_at < next_deliveries.delivered_at then 1
            else 0
        end as is_absent_next,
        split_part(keyed.fault, '|', 1) as reason_code,
        nullif(split_part(keyed.fault, '|', 2), '') as column_names,
        keyed.first_delivery_order
    from keyed
    inner join deliveries on keyed.delivery_order = deliveries.delivery_order
    left join deliveries as next_deliveries on keyed.next_delivery_order = next_deliveries.delivery_order
)

select * from final
