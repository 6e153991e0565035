with

decisions as (
    select * from {{ ref('stg_privacy__steward_decisions') }}
),

nodes as (
    select node_id, source_system, id_value from {{ ref('int_identity__nodes') }}
),

pairs as (
    select
        least(one.node_id, other.node_id) as node_a, greatest(one.node_id, other.node_id) as node_b,
        decisions.decision, decisions.decided_at, decisions.reason_code
    from decisions
    inner join nodes as one on decisions.system_a = one.source_system and decisions.id_a = one.id_value
    inner join nodes as other on decisions.system_b = other.source_system and decisions.id_b = other.id_value
    where one.node_id <> other.node_id
),

-- The latest row of a pair counts; of one instant, 'different': a missed merge harms less than a wrong one.
ranked as (
    select
        *,
        row_number() over (
            partition by node_a, node_b order by decided_at desc nulls last, decision, reason_code nulls last
        ) as recency
    from pairs
),

final as (
    select node_a, node_b, decision, decided_at, reason_code from ranked where recency = 1
)

select * from final
