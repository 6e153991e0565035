with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

-- A register's row that only education leads to would tell sales of it: such a person has the commercial attributes alone.
clusters as (
    select node_id, hcp_key
    from {{ ref('int_hcps__records') }}
    where is_commercial or not is_register or not is_known_commercially
),

specialty_names as (
    select * from {{ ref('specialty_names') }}
),

-- The payment reports' taxonomy is a path, "kind|specialty|subspecialty": its end compares.
of_nodes as (
    select
        node_id, 'specialty' as attribute, coalesce(nullif(split_part(specialty, '|', 2), ''), specialty) as given_value,
        nullif(split_part(specialty, '|', 3), '') as narrower_value, changed_at
    from nodes
    {%- for attribute in ['region', 'city', 'first_name', 'last_name', 'email'] %}
    union all
    select node_id, '{{ attribute }}', {{ attribute }}, null, changed_at from nodes
    {%- endfor %}
    union all
    select node_id, 'address', nullif(concat_ws(', ', city, region, postal_code), ''), null, changed_at from nodes
    union all
    select node_id, 'country', country_code, null, changed_at
    from {{ ref('int_hcps__country_candidates') }}
    where valid_to_at = timestamp '9999-12-31 00:00:00'
    union all
    select 'veeva_crm|' || account_id, 'language', language, null, coalesce(modified_at, delivered_at) from {{ ref('stg_veeva_crm__accounts') }}
),

-- What the person said of the language is on no record of identity.
of_people as (
    select
        clusters.hcp_key, of_nodes.attribute, of_nodes.given_value, nodes.source_system, nodes.id_type, nodes.id_value, nodes.node_id,
        nodes.is_deleted, nodes.source_rank as system_rank, of_nodes.changed_at as valid_from_at,
        coalesce(of_nodes.narrower_value, of_nodes.given_value) as meant_value
    from of_nodes
    inner join nodes on of_nodes.node_id = nodes.node_id
    inner join clusters on of_nodes.node_id = clusters.node_id
    where lower(trim(of_nodes.given_value)) not in ('', 'unknown')
    union all
    select hcp_key, 'language', preference, 'reference', null, null, null, false, null, stated_at, preference
    from {{ ref('int_hcps__preferences') }}
    where kind = 'language'
),

folded_values as (
    select *, {{ folded('meant_value') }} as folded_value from of_people
),

final as (
    select
        folded_values.*,
        -- One specialty is spelled in several ways.
        coalesce(specialty_names.specialty, folded_values.folded_value, folded_values.meant_value) as compared_value
    from folded_values
    left join specialty_names
        on folded_values.attribute = 'specialty' and folded_values.folded_value = specialty_names.spelling
)

select * from final
