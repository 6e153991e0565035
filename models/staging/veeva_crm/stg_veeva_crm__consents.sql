with

consents as (
    select
        *,
        coalesce(Default_Consent_Text_vod__c, '') || '|' || coalesce(Disclaimer_Text_vod__c, '') as evidence_text
    from {{ accepted('veeva_crm', 'Multichannel_Consent_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as consent_row_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('Child_Account_vod__c') }} as child_account_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        {{ salesforce_id('Detail_Group_vod__c') }} as detail_group_id,
        {{ salesforce_id('Content_Type_vod__c') }} as content_type_id,
        {{ salesforce_id('Consent_Type_vod__c') }} as consent_type,
        {{ salesforce_id('Consent_Line_vod__c') }} as consent_line_id,
        {{ salesforce_id('Sent_Email_vod__c') }} as sent_email_id,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        Opt_Type_vod__c as opt_type,
        Optout_Event_Type_vod__c as event_type,
        {{ normalised_email('Channel_Value_vod__c') }} as channel_value,
        Activity_Tracking_vod__c as activity_tracking,
        case when evidence_text <> '|' then {{ keyed_hash('evidence_text') }} end as evidence_text_hash,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_date('Opt_Expiration_Date_vod__c') }} as expires_on,
        {{ parse_timestamp('Capture_Datetime_vod__c') }} as captured_at,
        {{ parse_timestamp('Consent_Confirm_Datetime_vod__c') }} as confirmed_at,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ lineage(salesforce_id('Id')) }}
    from consents
    left join record_types on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
