with

events as (
    select * from {{ accepted('veeva_crm', 'EM_Event_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as event_id,
        {{ salesforce_id('OwnerId') }} as owner_user_id,
        {{ salesforce_id('Topic_vod__c') }} as topic_id,
        Status_vod__c as status,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('Start_Time_vod__c') }} as started_at,
        {{ parse_timestamp('End_Time_vod__c') }} as ended_at,
        {{ parse_date('Start_Date_vod__c') }} as started_on,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ lineage(salesforce_id('Id')) }}
    from events
    left join record_types on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
