with

versions as (
    select * from {{ versions('veeva_crm', 'Account') }}
),

countries as (
    select * from {{ ref('countries') }}
),

parsed as (
    select
        {{ salesforce_id('Id') }} as account_id,
        coalesce(mailing_countries.country_code, countries.country_code) as country_code,
        {{ normalised_email('PersonEmail') }} as email,
        {{ salesforce_id('MasterRecordId') }} as master_account_id,
        trim(NPI_vod__c) as npi,
        trim(ID_vod__c) as id_1,
        trim(ID2_vod__c) as id_2,
        trim(Account_Identifier_vod__c) as account_identifier,
        FirstName as first_name,
        LastName as last_name,
        PersonMailingCity as city,
        Specialty_1_vod__c as specialty,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        coalesce({{ parse_timestamp('SystemModstamp') }}, _delivered_at) as changed_at,
        {{ lineage(salesforce_id('Id')) }}
    from versions
    -- What the seed does not know is no country: the strictest regime holds (ruling 18).
    left join countries as mailing_countries on lower(trim(versions.PersonMailingCountryCode)) = mailing_countries.country_name
    left join countries on lower(trim(versions.Country_vod__c)) = countries.country_name
),

ranged as (
    select
        *,
        row_number() over (
            partition by account_id order by changed_at, delivered_at, delivery, row_number
        ) as version_number,
        lead(changed_at) over (
            partition by account_id order by changed_at, delivered_at, delivery, row_number
        ) as valid_to_at
    from parsed
),

-- The first version also holds before its delivery, back to the record's own creation (rulings 5 and 49).
final as (
    select
        account_id,
        country_code,
        email,
        master_account_id,
        npi,
        id_1,
        id_2,
        account_identifier,
        first_name,
        last_name,
        city,
        specialty,
        case
            when version_number > 1 or created_at > changed_at then changed_at
            else created_at
        end as valid_from_at,
        valid_to_at,
        changed_at,
        delivered_at as known_at,
        record_id,
        delivery,
        row_number,
        delivered_at,
        first_delivered_at
    from ranged
    where valid_to_at is null or valid_to_at > changed_at or version_number = 1
)

select * from final
