with

named as (
    select
        rule, claim, full_name, formal, family, suffix, max(other_family) as other_family,
        case when min(gender) = max(gender) then min(gender) end as gender,
        case when min(specialty) = max(specialty) then min(specialty) end as specialty,
        min(node_id) as node_id, max(node_id) as last_node_id, min(known_at) as known_at
    from {{ part_of('int_identity__claims') }}
    where full_name is not null
    group by rule, claim, full_name, formal, family, suffix
),

counted as (
    select *, count(*) over (partition by rule, claim) as name_count from named
),

pairs as (
    select
        one.rule, one.claim, one.full_name as name_a, other.full_name as name_b, one.name_count, one.node_id as node_a,
        other.node_id as node_b, greatest(one.known_at, other.known_at) as known_at,
        {{ near_names('one.formal', 'other.formal') }} as is_near_given, one.formal = other.formal as is_same_given,
        {{ near_names('one.family', 'other.family') }} or one.other_family = other.family or one.family = other.other_family
            as is_near_family,
        one.formal = other.family and one.family = other.formal as is_swapped,
        one.gender <> other.gender or one.suffix <> other.suffix as is_contradicted, one.specialty <> other.specialty as is_other_work
    from counted as one
    inner join counted as other on one.rule = other.rule and one.claim = other.claim and one.full_name < other.full_name
    where one.name_count <= {{ var('identity_names_max') }}
),

-- Who marries keeps the NPI and the first name; a couple shares an address and the last name, two Annas of one practice share it
-- and the first name.
judged as (
    select
        rule, claim, name_a, name_b, name_count, node_a, node_b, known_at,
        not coalesce(is_contradicted, false) and (
            is_swapped
            or case
                when rule = 'email'
                    then is_near_given and coalesce(is_near_family, false) or is_same_given and not coalesce(is_other_work, false)
                else is_near_given or coalesce(is_near_family, false)
            end
        ) as do_agree
    from pairs
),

-- A sample NPI is typed by thousands: above the limit only equal names are held to agree, and one pair stands for all.
final as (
    select * from judged
    union all
    select
        rule, claim, min(full_name), max(full_name), name_count, min(node_id), max(last_node_id), max(known_at), false
    from counted
    where name_count > {{ var('identity_names_max') }}
    group by rule, claim, name_count
)

select * from final
