with

sent_emails as (
    select * from {{ accepted('veeva_crm', 'Sent_Email_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as sent_email_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('OwnerId') }} as owner_user_id,
        {{ salesforce_id('Parent_Email_vod__c') }} as parent_email_id,
        {{ salesforce_id('Call2_vod__c') }} as call_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        {{ salesforce_id('Detail_Group_vod__c') }} as detail_group_id,
        {{ salesforce_id('Content_Type_vod__c') }} as content_type_id,
        {{ salesforce_id('Approved_Email_Template_vod__c') }} as template_id,
        VExternal_Id_vod__c as anonymous_id,
        {{ normalised_email('Account_Email_vod__c') }} as address,
        Status_vod__c as status,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        Activity_Tracking_Mode_vod__c as tracking_mode,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('Email_Sent_Date_vod__c') }} as sent_at,
        {{ parse_timestamp('Scheduled_Send_Datetime_vod__c') }} as scheduled_at,
        {{ parse_timestamp('Capture_Datetime_vod__c') }} as captured_at,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from sent_emails
    left join record_types on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
