with

documents as (
    select * from {{ accepted('veeva_crm', 'Approved_Document_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as document_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        Name as document_name,
        Language_vod__c as language,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('SystemModstamp') }} as modified_at,
        {{ lineage(salesforce_id('Id')) }}
    from documents
    left join record_types on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
