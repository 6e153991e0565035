with

providers as (
    select * from {{ accepted('nppes', 'npidata') }}
),

-- Code, licence and switch of one taxonomy share the number that ends their names (IDN-05).
groups as (
    {%- for place in range(1, 16) %}
    select
        trim(NPI) as npi, {{ place }} as place, trim(Healthcare_Provider_Taxonomy_Code_{{ place }}) as taxonomy,
        trim(Provider_License_Number_{{ place }}) as licence_number,
        upper(trim(Provider_License_Number_State_Code_{{ place }})) as licence_state,
        coalesce(Healthcare_Provider_Primary_Taxonomy_Switch_{{ place }} = 'Y', false) as is_primary,
        {{ lineage("NPI || '|' || '" ~ place ~ "'") }}
    from providers
    where coalesce(Healthcare_Provider_Taxonomy_Code_{{ place }}, Provider_License_Number_{{ place }}) is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select * from groups
)

select * from final
