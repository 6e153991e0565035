with

nodes as (
    select * from {{ part_of('int_identity__nodes') }}
),

stewards as (
    select * from {{ ref('int_identity__steward_pairs') }} where decision = 'same'
),

merges as (
    select
        'merge|' || loser_account_id || '|' || survivor_account_id as link_id,
        'veeva_crm|' || loser_account_id as loser, 'veeva_crm|' || survivor_account_id as survivor, min(merged_at) as known_at
    from {{ ref('int_identity__merges') }}
    where not is_in_loop
    group by loser_account_id, survivor_account_id
),

-- A subscriber's key may be the account's id, its id in the newer CRM, or that of its contact half.
account_ids as (
    select account_id as crm_id, 'veeva_crm|' || account_id as node_id
    from {{ ref('stg_veeva_crm__accounts') }}
    union
    select person_contact_id, 'veeva_crm|' || account_id
    from {{ ref('stg_veeva_crm__accounts') }}
    where person_contact_id is not null
    union
    select loser_account_id, 'veeva_crm|' || loser_account_id from {{ ref('int_identity__merges') }}
    union
    select newer_id, 'veeva_crm|' || older_id from {{ ref('stg_veeva_vault__older_ids') }}
),

rules as (
    select rule, tier from {{ ref('identity_rules') }} where is_on
),

evidence as (
    select 'steward' as rule, 'steward|' || node_a || '|' || node_b as link_id, node_a as node_id, decided_at as known_at
    from stewards
    union all
    select 'steward', 'steward|' || node_a || '|' || node_b, node_b, decided_at from stewards
    union all
    select rule, link_id, node_id, known_at from {{ ref('int_identity__claim_links') }}
    union all
    select 'licence', 'licence|' || region || ':' || licence_number || '|' || family, node_id, known_at
    from {{ ref('int_identity__licences') }}
    where family is not null
    union all
    select 'merge', link_id, loser, known_at from merges
    union all
    select 'merge', link_id, survivor, known_at from merges
    union all
    select 'crm_id', 'crm_id|' || node_id, node_id, crm_id_known_at from nodes where crm_id is not null
    union all
    select 'crm_id', 'crm_id|' || nodes.node_id, account_ids.node_id, null
    from nodes
    inner join account_ids on nodes.crm_id = account_ids.crm_id
    union all
    select rule, link_id, node_id, known_at from {{ ref('int_identity__name_links') }}
    {%- if var('identity_probabilistic') %}
    union all
    select rule, link_id, node_id, known_at from {{ ref('int_identity__model_links') }}
    {%- endif %}
),

-- A business account is nobody's id: only sides that are nodes count, and a link needs two of them.
counted as (
    select rules.tier, evidence.*, nodes.first_known_at, count(*) over (partition by evidence.link_id) as node_count
    from evidence
    inner join rules on evidence.rule = rules.rule
    inner join nodes on evidence.node_id = nodes.node_id
),

final as (
    select tier, rule, link_id, node_id, coalesce(known_at, first_known_at) as known_at from counted where node_count > 1
)

select * from final
