with

event_attendees as (
    select * from {{ accepted('veeva_crm', 'EM_Attendee_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as event_attendee_id,
        {{ salesforce_id('Event_vod__c') }} as event_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('User_vod__c') }} as user_id,
        {{ salesforce_id('Contact_vod__c') }} as contact_id,
        Status_vod__c as status,
        Walk_In_Status_vod__c as walk_in_status,
        Attendance_Type_vod__c as attendance_type,
        {{ parse_boolean('Meal_Consumed_vod__c') }} as has_consumed_meal,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from event_attendees
)

select * from final
