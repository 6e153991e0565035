with

remote_meetings as (
    select * from {{ accepted('veeva_crm', 'Remote_Meeting_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as remote_meeting_id,
        coalesce({{ salesforce_id('Assigned_Host_vod__c') }}, {{ salesforce_id('OwnerId') }}) as owner_user_id,
        {{ meeting_number('Meeting_Id_vod__c') }} as meeting_number,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        Meeting_Outcome_Status_vod__c as outcome_status,
        coalesce(
            Meeting_Outcome_Status_vod__c not like 'Meeting_Not_Started%', Latest_Meeting_Start_Datetime_vod__c is not null
        ) as has_taken_place,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_decimal('Engagement_Minutes_vod__c', 12, 2) }} as engagement_minutes,
        {{ parse_timestamp('Latest_Meeting_Start_Datetime_vod__c') }} as started_at,
        {{ parse_timestamp('Scheduled_DateTime_vod__c') }} as scheduled_from_at,
        {{ parse_timestamp('Scheduled_End_DateTime_vod__c') }} as scheduled_to_at,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ lineage(salesforce_id('Id')) }}
    from remote_meetings
    left join record_types on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
