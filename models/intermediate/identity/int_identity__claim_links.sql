with

claims as (
    select rule, claim, node_id, full_name, known_at, rule || '|' || claim as link_id from {{ ref('int_identity__claims') }}
),

claim_names as (
    select * from {{ ref('int_identity__claim_names') }}
),

-- One NPI or address under names that cannot be one person's is nobody's alone (IDN-06): it joins equal and near names only.
contested as (
    select rule, claim from claim_names where not do_agree group by rule, claim
),

near as (
    select claim_names.* from claim_names
    inner join contested on claim_names.rule = contested.rule and claim_names.claim = contested.claim
    where claim_names.do_agree
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
