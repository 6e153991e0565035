with

multichannel_activities as (
    select * from {{ accepted('veeva_crm', 'Multichannel_Activity_vod__c') }}
),

record_types as (
    select record_type_id, developer_name from {{ ref('stg_veeva_crm__record_types') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as activity_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('Call_vod__c') }} as call_id,
        {{ salesforce_id('Multichannel_Activity_vod__c') }} as parent_activity_id,
        {{ salesforce_id('Organizer_vod__c') }} as organizer_user_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        coalesce(record_types.developer_name, RecordTypeId) as record_type,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        cast(round({{ parse_decimal('Total_Duration_vod__c', 18, 2) }}) as bigint) as duration_seconds,
        {{ parse_timestamp('Start_DateTime_vod__c') }} as started_at,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from multichannel_activities
    left join record_types on {{ salesforce_id('RecordTypeId') }} = record_types.record_type_id
)

select * from final
