with

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

changes as (
    select * from {{ ref('int_identity__key_changes') }}
),

aliases as (
    select old_hcp_key from {{ ref('bridge_hcp_aliases') }}
),

decisions as (
    select * from {{ ref('int_identity__steward_decisions') }}
),

-- A key is minted with its id's first delivery, whether it still stands or has retired since.
minted as (
    select clusters.own_key as hcp_key, clusters.node_id, clusters.first_known_at
    from clusters
    left join aliases on clusters.own_key = aliases.old_hcp_key
    where (clusters.is_anchor and clusters.hcp_key is not null) or aliases.old_hcp_key is not null
),

events as (
    select
        'minted' as event_type, first_known_at as happened_at, hcp_key, cast(null as {{ type_text() }}) as other_hcp_key, node_id as node_a,
        cast(null as {{ type_text() }}) as node_b, 'delivery' as decided_by, 'the first delivery that holds the id' as reason
    from minted
    union all
    select
        event_type, changed_at, changed_key, other_key, node_a, node_b, case when method = 'steward' then 'steward' else 'rule' end,
        case event_type
            when 'merged' then 'two people were found to be one (' || method || '): the older key stands'
            when 're-keyed' then 'an id that was delivered earlier joined the person (' || method || ')'
            when 'un-merged' then 'a steward took back that these are one person'
            else 'a steward parted what rules had held together'
        end
    from changes
    union all
    select
        'reviewed', decisions.decided_at, one.hcp_key, other.hcp_key, decisions.node_a, decisions.node_b, 'steward',
        decisions.decision || coalesce(' (' || decisions.reason_code || ')', '')
    from decisions
    left join clusters as one on decisions.node_a = one.node_id
    left join clusters as other on decisions.node_b = other.node_id
),

final as (
    select
        {{ keyed_hash("concat_ws('|', 'identity event', event_type, hcp_key, node_a, node_b, happened_at, reason)") }} as event_id,
        event_type, happened_at, hcp_key, other_hcp_key, node_a, node_b, decided_by, reason
    from events
)

select * from final
