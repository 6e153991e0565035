{%- set placeholders = "('" ~ var('identity_placeholders') | join("', '") ~ "')" -%}
with

nodes as (
    select
        node_id, source_system, id_type, {{ folded('first_name') }} as given, left({{ folded('middle_name') }}, 1) as middle_initial,
        {{ folded('last_name') }} as family, {{ folded('other_last_name') }} as other_family,
        -- Of suffixes only the generation tells people apart; titles stand there too.
        case {{ folded('suffix') }}
            when 'jr' then 'jr' when 'junior' then 'jr' when 'ii' then 'jr' when 'sr' then 'sr' when 'senior' then 'sr'
            when 'iii' then 'iii' when 'iv' then 'iv'
        end as suffix,
        {{ folded('city') }} as city, nullif(upper(trim(region)), '') as region, left(nullif(trim(postal_code), ''), 5) as postal_code,
        country_code,
        -- The payment reports' taxonomy is a path, "kind|specialty|subspecialty": its end compares.
        coalesce(nullif(split_part(specialty, '|', 3), ''), nullif(split_part(specialty, '|', 2), ''), specialty) as specialty,
        case left(lower(trim(gender)), 1) when 'f' then 'f' when 'm' then 'm' end as gender, email, profile_known_at
    from {{ part_of('int_identity__nodes', part='int_identity__changes') }}
    where first_name is not null and last_name is not null and not has_several_names
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

specialty_names as (
    select * from {{ ref('specialty_names') }}
),

states as (
    select * from {{ ref('us_states') }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }}
),

final as (
    select
        nodes.node_id, nodes.source_system, nodes.id_type, nodes.given, coalesce(nicknames.given_name, nodes.given) as formal,
        nodes.middle_initial, nodes.family, nodes.other_family, nodes.suffix,
        case when nodes.city not in {{ placeholders }} then nodes.city end as city, coalesce(states.code, nodes.region) as region,
        nodes.postal_code, nodes.country_code,
        case when {{ folded('nodes.specialty') }} not in {{ placeholders }}
            then coalesce(specialty_names.specialty, lower(nodes.specialty)) end as specialty, nodes.gender,
        case when guarded.address is null then nodes.email end as email, nodes.profile_known_at
    from nodes
    left join nicknames on nodes.given = nicknames.nickname
    left join specialty_names on {{ folded('nodes.specialty') }} = specialty_names.spelling
    left join states on nodes.region = states.name
    left join guarded on nodes.email = guarded.address
    where nodes.given not in {{ placeholders }} and nodes.family not in {{ placeholders }}
)

select * from final
