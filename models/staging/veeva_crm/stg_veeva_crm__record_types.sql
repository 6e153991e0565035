with

record_types as (
    select * from {{ accepted('veeva_crm', 'RecordType') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as record_type_id,
        DeveloperName as developer_name,
        SobjectType as object_name,
        {{ lineage(salesforce_id('Id')) }}
    from record_types
)

select * from final
