with

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

aliases as (
    select * from {{ ref('bridge_hcp_aliases') }}
),

retired as (
    select
        -- The older id stood for nobody before: no two people were found to be one, the key moved to an older record.
        case when anchors.qualifies then 'merged' else 're-keyed' end as event_type, aliases.since_at as changed_at,
        aliases.old_hcp_key as changed_key, aliases.hcp_key as other_key, clusters.node_id as node_a, anchors.node_id as node_b,
        clusters.method
    from aliases
    inner join clusters on aliases.old_hcp_key = clusters.own_key
    inner join clusters as anchors on aliases.hcp_key = anchors.own_key
),

rejected as (
    select one.person_key as key_a, other.person_key as key_b
    from {{ ref('int_identity__rejected_edges') }} as edges
    inner join clusters as one on edges.node_a = one.node_id
    inner join clusters as other on edges.node_b = other.node_id
    where edges.rejected_by = 'steward_different'
),

held as (
    select least(key_a, key_b) as key_a, greatest(key_a, key_b) as key_b from rejected group by 1, 2
),

parted as (
    select
        decisions.*, one.person_key as one_key, other.person_key as other_key,
        case when one.first_known_at > other.first_known_at then one.person_key else other.person_key end as changed_key
    from {{ ref('int_identity__steward_decisions') }} as decisions
    inner join clusters as one on decisions.node_a = one.node_id
    inner join clusters as other on decisions.node_b = other.node_id
    where decisions.is_of_two_records and decisions.recency = 1 and decisions.decision = 'different' and one.person_key <> other.person_key
),

-- A decision that parts what nothing held together changes nothing.
final as (
    select event_type, changed_at, changed_key, other_key, node_a, node_b, method from retired
    union all
    select
        case when parted.earlier_decision = 'same' then 'un-merged' else 'split' end, parted.decided_at, parted.changed_key,
        case when parted.changed_key = parted.one_key then parted.other_key else parted.one_key end, parted.node_a, parted.node_b,
        'steward'
    from parted
    left join held
        on least(parted.one_key, parted.other_key) = held.key_a and greatest(parted.one_key, parted.other_key) = held.key_b
    where parted.earlier_decision = 'same' or held.key_a is not null
)

select * from final
