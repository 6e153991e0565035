with

accounts as (
    select * from {{ ref('stg_veeva_crm__accounts') }} where is_person_account
),

-- Which field a country's ids stand in differs from customer to customer (CRM-03).
given as (
    {%- for column in ['npi', 'id_1', 'id_2', 'account_identifier'] %}
    select account_id, country_code, {{ column }} as given_value, {{ bare_digits(column) }} as digits, delivered_at from accounts
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

typed as (
    select *, {{ national_id_type('country_code', 'digits') }} as id_type from given where digits is not null
),

-- A doctor's LANR ends in two digits per specialty: the first seven are the person's (IDN-07).
final as (
    select
        'veeva_crm|' || account_id as node_id, country_code, id_type,
        case when id_type = 'lanr' then left(digits, 7) else digits end as id_value,
        id_type <> 'gmc' as is_checked, min(given_value) as given_value, max(delivered_at) as known_at
    from typed
    where id_type is not null
    group by 1, 2, 3, 4, 5
)

select * from final
