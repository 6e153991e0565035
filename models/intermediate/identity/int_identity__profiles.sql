with

nodes as (
    select
        node_id, source_system, id_type, {{ folded('first_name') }} as given, left({{ folded('middle_name') }}, 1) as middle_initial,
        {{ folded('last_name') }} as family, {{ folded('other_last_name') }} as other_family, {{ folded('suffix') }} as suffix,
        {{ folded('city') }} as city, nullif(upper(trim(region)), '') as region, left(nullif(trim(postal_code), ''), 5) as postal_code,
        country_code,
        -- The payment reports' taxonomy is a path, "kind|specialty|subspecialty": its end compares.
        coalesce(nullif(split_part(specialty, '|', 3), ''), nullif(split_part(specialty, '|', 2), ''), specialty) as specialty,
        case left(lower(trim(gender)), 1) when 'f' then 'f' when 'm' then 'm' end as gender, email, profile_known_at
    from {{ ref('int_identity__nodes') }}
    where first_name is not null and last_name is not null
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

specialty_names as (
    select * from {{ ref('specialty_names') }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }}
),

final as (
    select
        nodes.node_id, nodes.source_system, nodes.id_type, nodes.given, coalesce(nicknames.given_name, nodes.given) as formal,
        nodes.middle_initial, nodes.family, nodes.other_family, nodes.suffix, nodes.city, nodes.region, nodes.postal_code,
        nodes.country_code, coalesce(specialty_names.specialty, lower(nodes.specialty)) as specialty, nodes.gender,
        case when guarded.address is null then nodes.email end as email, nodes.profile_known_at
    from nodes
    left join nicknames on nodes.given = nicknames.nickname
    left join specialty_names on {{ folded('nodes.specialty') }} = specialty_names.spelling
    left join guarded on nodes.email = guarded.address
    where nodes.given is not null and nodes.family is not null
)

select * from final
