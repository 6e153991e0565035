-- depends_on: {{ ref('int_identity__former_evidence') }}
{%- set changed = 'int_identity__changes' %}
with

nodes as (
    select * from {{ part_of('int_identity__nodes', part=changed) }}
),

profiles as (
    select * from {{ part_of('int_identity__profiles', part=changed) }}
),

ties as (
    select node_id, tie from {{ part_of('int_identity__ties', part=changed) }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }}
),

names as (
    {{ name_claims('profiles') }}
),

evidence as (
    -- An id that only others name is nobody yet.
    select ties.node_id, ties.tie from ties inner join nodes on ties.node_id = nodes.node_id
    union all
    select node_id, node_id from nodes where id_type = 'veeva_crm_account'
    union all
    select node_id, 'veeva_crm|' || crm_id from nodes where crm_id is not null
    union all
    select node_id, 'npi|' || npi from nodes where npi is not null
    union all
    select nodes.node_id, 'email|' || nodes.email
    from nodes
    left join guarded on nodes.email = guarded.address
    where nodes.email is not null and guarded.address is null
    union all
    select names.node_id, names.rule || '|' || names.claim
    from names
    inner join {{ ref('identity_rules') }} as rules on names.rule = rules.rule and rules.is_on
),

final as (
    select node_id, {{ row_hash(['tie']) }} as evidence from evidence
)

select * from final
