with

clinicians as (
    select * from {{ accepted('cms_clinicians', 'national') }}
),

final as (
    select
        trim(NPI) as npi,
        trim(adrs_id) as address_id,
        Provider_First_Name as first_name,
        Provider_Middle_Name as middle_name,
        Provider_Last_Name as last_name,
        suff as suffix,
        gndr as gender,
        Cred as credentials,
        trim(pri_spec) as specialty,
        City_Town as city,
        State as region,
        ZIP_Code as postal_code,
        {{ lineage("NPI || '|' || adrs_id") }}
    from clinicians
)

select * from final
