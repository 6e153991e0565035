with

accounts as (
    select * from {{ accepted('veeva_crm', 'Account') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as account_id,
        {{ salesforce_id('PersonContactId') }} as person_contact_id,
        {{ salesforce_id('MasterRecordId') }} as master_account_id,
        trim(NPI_vod__c) as npi,
        trim(ID_vod__c) as id_1,
        trim(ID2_vod__c) as id_2,
        trim(Account_Identifier_vod__c) as account_identifier,
        External_ID_vod__c as external_id,
        VeevaID_vod__c as veeva_id,
        FirstName as first_name,
        LastName as last_name,
        Credentials_vod__c as credentials,
        Specialty_1_vod__c as specialty,
        Specialty_2_vod__c as specialty_2,
        {{ normalised_email('PersonEmail') }} as email,
        {{ account_country() }} as country_code,
        PersonMailingCity as city,
        PersonMailingState as region,
        {{ parse_boolean('IsPersonAccount') }} as is_person_account,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ parse_timestamp('SystemModstamp') }} as modified_at,
        {{ lineage(salesforce_id('Id')) }}
    from accounts
)

select * from final
