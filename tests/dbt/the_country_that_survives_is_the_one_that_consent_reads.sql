-- Where a person is decides which regime asks for permission: the published country is that of the stretches (ruling 18).
with

hcps as (
    select hcp_key, country from {{ ref('dim_hcps') }}
),

countries as (
    select person_key, country_code from {{ ref('int_hcps__countries') }} where valid_to_at is null
),

final as (
    select hcps.hcp_key
    from hcps
    left join countries on hcps.hcp_key = countries.person_key
    where coalesce(hcps.country, '') <> coalesce(countries.country_code, '')
)

select * from final
