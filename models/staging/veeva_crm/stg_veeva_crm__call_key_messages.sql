with

key_messages as (
    select * from {{ accepted('veeva_crm', 'Call2_Key_Message_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as key_message_row_id,
        {{ salesforce_id('Call2_vod__c') }} as call_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ salesforce_id('Key_Message_vod__c') }} as key_message_id,
        {{ salesforce_id('Product_vod__c') }} as product_id,
        coalesce(Presentation_ID_vod__c, {{ salesforce_id('Clm_Presentation_vod__c') }}) as presentation_id,
        Key_Message_Name_vod__c as key_message_name,
        Reaction_vod__c as reaction,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_decimal('Duration_vod__c', 12, 2) }} as duration_seconds,
        {{ parse_timestamp('Start_Time_vod__c') }} as started_at,
        {{ lineage(salesforce_id('Id')) }}
    from key_messages
)

select * from final
