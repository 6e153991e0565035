with

details as (
    select * from {{ accepted('veeva_crm', 'Call2_Detail_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as call_detail_id,
        {{ salesforce_id('Call2_vod__c') }} as call_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_integer('Detail_Priority_vod__c') }} as detail_priority,
        {{ lineage(salesforce_id('Id')) }}
    from details
)

select * from final
