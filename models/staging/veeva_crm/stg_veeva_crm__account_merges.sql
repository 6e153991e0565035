with

merges as (
    select * from {{ accepted('veeva_crm', 'Account_Merge_History_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as merge_id,
        {{ salesforce_id('Name') }} as loser_account_id,
        {{ salesforce_id('Account_vod__c') }} as survivor_account_id,
        {{ salesforce_id('PersonContactId_vod__c') }} as loser_contact_id,
        {{ salesforce_id('Account_PersonContactId_vod__c') }} as survivor_contact_id,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as merged_at,
        {{ folder() }},
        {{ lineage(salesforce_id('Id')) }}
    from merges
)

select * from final
