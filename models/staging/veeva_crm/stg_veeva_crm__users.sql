with

users as (
    select * from {{ accepted('veeva_crm', 'User') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as user_id,
        {{ normalised_email('Email') }} as email,
        upper(coalesce(CountryCode, Country_Code_vod__c)) as country_code,
        TimeZoneSidKey as time_zone,
        Primary_Territory_vod__c as territory,
        {{ parse_boolean('IsActive') }} as is_active,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ lineage(salesforce_id('Id')) }}
    from users
)

select * from final
