-- Where a person is decides which regime asks for permission: the published country is that of the stretches (ruling 18). None is
-- published where only a register gives it to which education alone leads.
with

hcps as (
    select hcp_key, country from {{ ref('dim_hcps') }}
),

countries as (
    select person_key, country_code from {{ ref('int_hcps__countries') }} where valid_to_at is null
),

withheld as (
    select hcp_key from {{ ref('int_hcps__records') }}
    where is_register and not is_commercial and is_known_commercially
    group by hcp_key
),

final as (
    select hcps.hcp_key
    from hcps
    left join countries on hcps.hcp_key = countries.person_key
    left join withheld on hcps.hcp_key = withheld.hcp_key and hcps.country is null
    where withheld.hcp_key is null and coalesce(hcps.country, '') <> coalesce(countries.country_code, '')
)

select * from final
