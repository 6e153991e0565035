{%- set variables = dict(invocation_args_dict.get('vars') or {}) if execute else {} -%}
{%- do variables.pop('as_of_on', none) -%}
with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

guarded as (
    select address, reason from {{ ref('int_identity__guarded_mailboxes') }}
),

tied as (
    select node_id, sum(state) as state from {{ ref('int_identity__ties') }} group by node_id
),

-- What holds for all ids at once stands under an id of its own: SQL, seeds, settings, and the key of the pseudonyms.
final as (
    select nodes.node_id, {{ row_hash(['nodes', 'guarded.reason', 'tied.state']) }} as state
    from nodes
    left join guarded on nodes.email = guarded.address
    left join tied on nodes.node_id = tied.node_id
    union all
    select '*', {{ row_hash([project_fingerprint(), "'" ~ local_md5(tojson(variables, sort_keys=true)) ~ "'", keyed_hash("'*'")]) }}
)

select * from final
