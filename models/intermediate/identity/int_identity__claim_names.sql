with

named as (
    select rule, claim, full_name, formal, family, max(other_family) as other_family
    from {{ ref('int_identity__claims') }}
    where full_name is not null
    group by rule, claim, full_name, formal, family
),

counted as (
    select *, count(*) over (partition by rule, claim) as name_count from named
),

-- A sample NPI is typed by thousands: above the limit only equal names are held to agree.
pairs as (
    select
        one.rule, one.claim, one.full_name as name_a, other.full_name as name_b, one.name_count,
        {{ near_names('one.formal', 'other.formal') }}
        or (one.formal = other.family and one.family = other.formal) as is_same_given,
        {{ near_names('one.family', 'other.family') }}
        or one.other_family = other.family or one.family = other.other_family as is_same_family
    from counted as one
    inner join counted as other on one.rule = other.rule and one.claim = other.claim and one.full_name < other.full_name
    where one.name_count <= {{ var('identity_names_max') }}
    union all
    select rule, claim, min(full_name), max(full_name), name_count, false, false
    from counted
    where name_count > {{ var('identity_names_max') }}
    group by rule, claim, name_count
),

-- Who marries keeps the NPI and the first name; a couple shares an address and the last name.
final as (
    select
        rule, claim, name_a, name_b,
        coalesce(is_same_given, false) or (rule = 'npi' and coalesce(is_same_family, false)) as do_agree
    from pairs
)

select * from final
