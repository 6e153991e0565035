with

versions as (
    select * from {{ versions('veeva_crm', 'Multichannel_Consent_vod__c') }}
),

parsed as (
    select
        {{ salesforce_id('Id') }} as consent_row_id,
        {{ salesforce_id('Account_vod__c') }} as account_id,
        Opt_Type_vod__c as opt_type,
        {{ parse_timestamp('Capture_Datetime_vod__c') }} as captured_at,
        {{ parse_timestamp('Consent_Confirm_Datetime_vod__c') }} as confirmed_at,
        {{ lineage(salesforce_id('Id')) }}
    from versions
),

final as (
    select
        consent_row_id,
        row_number() over (
            partition by consent_row_id order by delivered_at, delivery, row_number
        ) as version_number,
        account_id,
        opt_type,
        captured_at,
        confirmed_at,
        record_id,
        delivery,
        row_number,
        delivered_at,
        first_delivered_at
    from parsed
)

select * from final
