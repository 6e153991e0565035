with

activities as (
    select * from {{ accepted('veeva_crm', 'Email_Activity_vod__c') }}
),

event_types as (
    select * from {{ ref('email_event_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as activity_id,
        {{ salesforce_id('Sent_Email_vod__c') }} as sent_email_id,
        {{ salesforce_id('Approved_Document_vod__c') }} as document_id,
        event_types.event_type,
        Bot_vod__c as bot,
        Event_Msg_vod__c as event_message,
        Preference_Modification_vod__c as preference_modification,
        {{ link_without_query('Click_URL_vod__c') }} as link,
        User_Agent_vod__c as user_agent,
        Device_Type_vod__c as device_type,
        Country_vod__c as country,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('Activity_DateTime_vod__c') }} as occurred_at,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ lineage(salesforce_id('Id')) }}
    from activities
    left join event_types on activities.Event_type_vod__c = event_types.vendor_event_type
)

select * from final
