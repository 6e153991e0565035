with

rules as (
    select rule from {{ ref('identity_rules') }} where is_on
),

profiles as (
    select
        profiles.*, case when length(profiles.region) = 2 then profiles.region end as state, nodes.npi
    from {{ part_of('int_identity__profiles') }} as profiles
    inner join {{ ref('int_identity__nodes') }} as nodes on profiles.node_id = nodes.node_id
),

evidence as (
    {{ name_claims('profiles') }}
),

named as (
    select evidence.* from evidence
    inner join rules on evidence.rule = rules.rule
),

-- Father and son in one practice share all of it: what tells them apart on any record parts the name from this evidence.
clear as (
    select rule, claim
    from named
    group by rule, claim
    having
        count(*) > 1 and count(distinct middle_initial) < 2 and count(distinct suffix) < 2 and count(distinct gender) < 2
        and count(distinct state) < 2 and count(distinct country_code) < 2
        -- A few people of one name go to review; where many share it, it says nothing, and their pairs would be many.
        and count(distinct npi) <= {{ var('identity_names_max') }}
),

final as (
    select
        named.rule, named.rule || '|' || named.claim as link_id, named.node_id, named.profile_known_at as known_at
    from named
    inner join clear on named.rule = clear.rule and named.claim = clear.claim
)

select * from final
