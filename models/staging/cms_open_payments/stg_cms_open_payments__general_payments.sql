with

payments as (
    select * from {{ accepted('cms_open_payments', 'general') }}
),

final as (
    select
        Record_ID as transfer_id,
        case when coalesce(lower(Covered_Recipient_Type), '') not like '%hospital%' then Covered_Recipient_Profile_ID end as profile_id,
        trim(Covered_Recipient_NPI) as npi,
        Covered_Recipient_First_Name as first_name,
        Covered_Recipient_Middle_Name as middle_name,
        Covered_Recipient_Last_Name as last_name,
        Covered_Recipient_Name_Suffix as suffix,
        Covered_Recipient_Specialty_1 as specialty,
        Recipient_City as city,
        Recipient_State as state,
        Recipient_Zip_Code as postal_code,
        Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID as company_id,
        trim(Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name) as company,
        Form_of_Payment_or_Transfer_of_Value as form,
        Nature_of_Payment_or_Transfer_of_Value as nature,
        trim(coalesce(
            {%- for number in range(1, 6) %}
            Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_{{ number }},
            Name_of_Associated_Covered_Device_or_Medical_Supply{{ number }}{{ ',' if not loop.last }}
            {%- endfor %}
        )) as product,
        Change_Type as change_type,
        {{ parse_decimal('Total_Amount_of_Payment_USDollars', 14, 2) }} as amount_usd,
        {{ parse_date('Date_of_Payment', 'us') }} as paid_on,
        {{ lineage('Record_ID') }}
    from payments
)

select * from final
