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

moments as (
    {%- for column in ['npi', 'id_1', 'id_2', 'account_identifier'] %}
    select account_id, {{ column }} as given_value, known_at from {{ ref('stg_veeva_crm__account_versions') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A doctor's LANR ends in two digits per specialty: the first seven are the person's (IDN-07).
final as (
    select
        'veeva_crm|' || typed.account_id as node_id, typed.country_code, typed.id_type,
        case when typed.id_type = 'lanr' then left(typed.digits, 7) else typed.digits end as id_value,
        typed.id_type <> 'gmc' as is_checked, min(typed.given_value) as given_value,
        coalesce(min(moments.known_at), max(typed.delivered_at)) as known_at
    from typed
    left join moments on typed.account_id = moments.account_id and typed.given_value = moments.given_value
    where typed.id_type is not null
    group by 1, 2, 3, 4, 5
)

select * from final
