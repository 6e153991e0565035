with

claims as (
    select rule, claim, node_id, full_name, known_at, rule || '|' || claim as link_id from {{ part_of('int_identity__claims') }}
),

claim_names as (
    select * from {{ part_of('int_identity__claim_names', node='node_a') }}
),

-- One id or address under names that cannot be one person's is nobody's alone (IDN-06): it joins equal and near names only.
contested as (
    select rule, claim from claim_names where not do_agree group by rule, claim
),

judged as (
    select rule, claim, name_a as full_name, name_b as third_name, do_agree from claim_names
    union all
    select rule, claim, name_b, name_a, do_agree from claim_names
),

-- An initial is near to both of a couple: a pair that a third name would tell apart is no evidence.
torn as (
    select pairs.rule, pairs.claim, pairs.name_a, pairs.name_b
    from claim_names as pairs
    inner join judged as one on pairs.rule = one.rule and pairs.claim = one.claim and pairs.name_a = one.full_name
    inner join judged as other
        on pairs.rule = other.rule and pairs.claim = other.claim and pairs.name_b = other.full_name
        and one.third_name = other.third_name
    where pairs.do_agree and one.do_agree <> other.do_agree
    group by pairs.rule, pairs.claim, pairs.name_a, pairs.name_b
),

near as (
    select claim_names.*
    from claim_names
    inner join contested on claim_names.rule = contested.rule and claim_names.claim = contested.claim
    left join torn
        on claim_names.rule = torn.rule and claim_names.claim = torn.claim
        and claim_names.name_a = torn.name_a and claim_names.name_b = torn.name_b
    where claim_names.do_agree and torn.claim is null
),

final as (
    select
        claims.rule, claims.link_id || case when contested.claim is null then '' else '|' || claims.full_name end as link_id,
        claims.node_id, claims.known_at
    from claims
    left join contested on claims.rule = contested.rule and claims.claim = contested.claim
    where contested.claim is null or claims.full_name is not null
    union all
    select claims.rule, claims.link_id || '|' || near.name_a || '|' || near.name_b, claims.node_id, claims.known_at
    from claims
    inner join near
        on claims.rule = near.rule and claims.claim = near.claim
        and (claims.full_name = near.name_a or claims.full_name = near.name_b)
)

select * from final
