with

calls as (
    select * from {{ accepted('veeva_crm', 'Call2_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as call_id,
        {{ salesforce_id('Parent_Call_vod__c') }} as parent_call_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('Child_Account_vod__c') }} as child_account_id,
        {{ salesforce_id('User_vod__c') }} as attendee_user_id,
        {{ salesforce_id('OwnerId') }} as owner_user_id,
        {{ salesforce_id('Remote_Meeting_vod__c') }} as remote_meeting_id,
        {{ salesforce_id('EM_Event_vod__c') }} as em_event_id,
        {{ salesforce_id('Medical_Inquiry_vod__c') }} as medical_inquiry_id,
        Mobile_ID_vod__c as mobile_id,
        Status_vod__c as status,
        Call_Type_vod__c as call_type,
        Call_Channel_vod__c as call_channel,
        Attendee_Type_vod__c as attendee_type,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_decimal('Duration_vod__c', 12, 2) }} as duration_minutes,
        {{ parse_date('Call_Date_vod__c') }} as call_on,
        {{ parse_timestamp('Call_Datetime_vod__c') }} as call_at,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ parse_timestamp('SystemModstamp') }} as modified_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from calls
    left join record_types
        on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
