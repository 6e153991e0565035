with

deleted as (
    select Id from {{ raw_rows_by_disposition('veeva_crm', 'Call2_vod__c', ['deleted']) }}
),

final as (
    select distinct {{ salesforce_id('Id') }} as call_id from deleted
)

select * from final
