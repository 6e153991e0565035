with

profiles as (
    select
        *, formal || '|' || family || '|' || city as name_and_city, case when length(region) = 2 then region end as state
    from {{ ref('int_identity__profiles') }}
    where length(given) > 1 and city is not null
),

named as (
    select 'name_city_specialty' as rule, name_and_city || '|' || specialty as evidence, profiles.*
    from profiles
    where specialty is not null
    union all
    select 'name_city', name_and_city, profiles.* from profiles
),

-- Father and son in one practice share all of it: what tells them apart on any record parts the name from this evidence.
clear as (
    select rule, evidence
    from named
    group by rule, evidence
    having
        count(*) > 1 and count(distinct middle_initial) < 2 and count(distinct suffix) < 2 and count(distinct gender) < 2
        and count(distinct state) < 2 and count(distinct country_code) < 2
),

final as (
    select
        named.rule, named.rule || '|' || named.evidence as link_id, named.node_id, named.profile_known_at as known_at
    from named
    inner join clear on named.rule = clear.rule and named.evidence = clear.evidence
)

select * from final
