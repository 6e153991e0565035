with

medical_inquiries as (
    select * from {{ accepted('veeva_crm', 'Medical_Inquiry_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as medical_inquiry_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('OwnerId') }} as owner_user_id,
        {{ salesforce_id('Call2_vod__c') }} as call_id,
        Group_Identifier_vod__c as group_id,
        Status_vod__c as status,
        Fulfillment_Status_vod__c as fulfillment_status,
        Delivery_Method_vod__c as delivery_method,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from medical_inquiries
)

select * from final
