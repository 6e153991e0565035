with

key_messages as (
    select * from {{ accepted('veeva_crm', 'Key_Message_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as key_message_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        Name as key_message_name,
        Category_vod__c as category,
        Language_vod__c as language,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('SystemModstamp') }} as modified_at,
        {{ lineage(salesforce_id('Id')) }}
    from key_messages
)

select * from final
