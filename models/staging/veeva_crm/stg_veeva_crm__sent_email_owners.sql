with

versions as (
    select * from {{ versions('veeva_crm', 'Sent_Email_vod__c') }}
),

parsed as (
    select
        {{ salesforce_id('Id') }} as sent_email_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        {{ lineage(salesforce_id('Id')) }}
    from versions
),

ordered as (
    select
        *, row_number() over (partition by sent_email_id order by delivered_at, delivery, row_number) as place
    from parsed
    where account_id is not null
),

final as (
    select
        sent_email_id,
        account_id,
        record_id,
        delivery,
        row_number,
        delivered_at,
        first_delivered_at
    from ordered
    where place = 1
)

select * from final
