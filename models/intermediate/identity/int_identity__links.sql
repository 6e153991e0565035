with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
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

-- A subscriber's key may be the account's id or that of its contact half.
account_ids as (
    select account_id as crm_id, 'veeva_crm|' || account_id as node_id
    from {{ ref('stg_veeva_crm__accounts') }}
    union
    select person_contact_id, 'veeva_crm|' || account_id
    from {{ ref('stg_veeva_crm__accounts') }}
    where person_contact_id is not null
    union
    select loser_account_id, 'veeva_crm|' || loser_account_id from {{ ref('int_identity__merges') }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }}
),

links as (
    select 0 as tier, 'steward' as rule, 'steward|' || node_a || '|' || node_b as link_id, node_a as node_id, decided_at as known_at
    from stewards
    union all
    select 0, 'steward', 'steward|' || node_a || '|' || node_b, node_b, decided_at from stewards
    union all
    select 1, 'npi', 'npi|' || npi, node_id, npi_known_at from nodes where npi is not null
    union all
    select 1, 'national_id', 'national_id|' || country_code || '|' || id_type || '|' || id_value, node_id, known_at
    from {{ ref('int_identity__national_ids') }}
    where is_checked
    union all
    select 2, 'merge', link_id, loser, known_at from merges
    union all
    select 2, 'merge', link_id, survivor, known_at from merges
    union all
    select 2, 'crm_id', 'crm_id|' || node_id, node_id, crm_id_known_at from nodes where crm_id is not null
    union all
    select 2, 'crm_id', 'crm_id|' || nodes.node_id, account_ids.node_id, null
    from nodes
    inner join account_ids on nodes.crm_id = account_ids.crm_id
    union all
    select 3, 'email', 'email|' || nodes.email, nodes.node_id, nodes.email_known_at
    from nodes
    left join guarded on nodes.email = guarded.address
    where nodes.email is not null and guarded.address is null
),

-- A business account is nobody's id: only sides that are nodes count, and a link needs two of them.
counted as (
    select links.*, nodes.first_known_at, count(*) over (partition by links.link_id) as node_count
    from links
    inner join nodes on links.node_id = nodes.node_id
),

final as (
    select tier, rule, link_id, node_id, coalesce(known_at, first_known_at) as known_at from counted where node_count > 1
)

select * from final
