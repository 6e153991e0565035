with

remote_meeting_attendees as (
    select * from {{ accepted('veeva_crm', 'Remote_Meeting_Attendee_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as remote_meeting_attendee_id,
        {{ salesforce_id('Remote_Meeting_vod__c') }} as remote_meeting_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        coalesce({{ salesforce_id('User_vod__c') }}, {{ salesforce_id('System_Reconciled_User_Id_vod__c') }}) as user_id,
        {{ salesforce_id('EM_Attendee_vod__c') }} as event_attendee_id,
        {{ salesforce_id('EM_Speaker_vod__c') }} as event_speaker_id,
        {{ salesforce_id('System_Reconciled_Account_Id_vod__c') }} as reconciled_account_id,
        {{ parse_boolean('Attendee_Not_On_Call_Report_vod__c') }} as is_not_on_call_report,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from remote_meeting_attendees
)

select * from final
