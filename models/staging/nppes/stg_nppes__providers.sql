with

providers as (
    select * from {{ accepted('nppes', 'npidata') }}
),

final as (
    select
        trim(NPI) as npi,
        coalesce(Entity_Type_Code = '2', false) as is_organisation,
        nullif(trim(Replacement_NPI), '') as replacement_npi,
        Provider_First_Name as first_name,
        Provider_Middle_Name as middle_name,
        Provider_Last_Name_Legal_Name as last_name,
        Provider_Other_Last_Name as other_last_name,
        Provider_Sex_Code as gender,
        Provider_Credential_Text as credentials,
        Provider_Business_Practice_Location_Address_City_Name as city,
        Provider_Business_Practice_Location_Address_State_Name as region,
        Provider_Business_Practice_Location_Address_Postal_Code as postal_code,
        {{ parse_date('Last_Update_Date', 'us') }} as updated_on,
        {{ parse_date('NPI_Deactivation_Date', 'us') }} as deactivated_on,
        {{ parse_date('NPI_Reactivation_Date', 'us') }} as reactivated_on,
        NPI_Deactivation_Date is null or coalesce(
            {{ parse_date('NPI_Reactivation_Date', 'us') }} >= {{ parse_date('NPI_Deactivation_Date', 'us') }}, false
        ) as is_active,
        {{ lineage('NPI') }}
    from providers
)

select * from final
