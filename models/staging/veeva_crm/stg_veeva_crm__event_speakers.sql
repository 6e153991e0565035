with

event_speakers as (
    select * from {{ accepted('veeva_crm', 'EM_Event_Speaker_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as event_speaker_id,
        {{ salesforce_id('Event_vod__c') }} as event_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        Status_vod__c as status,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from event_speakers
)

select * from final
