with

decisions as (
    select * from {{ ref('int_identity__steward_decisions') }} where recency = 1
),

questions as (
    select kind, node_a, node_b, evidence, match_probability, opened_at from {{ ref('int_identity__link_questions') }}
    union all
    select kind, node_a, node_b, null, null, opened_at from {{ ref('int_identity__doubt_questions') }}
    union all
    select kind, node_id, null, null, null, opened_at from {{ ref('int_identity__record_questions') }}
),

-- What a record alone asks is answered once a steward says who else it is.
answers as (
    select node_a, node_b from decisions
    union all
    select node_a, null from decisions where decision = 'same' and is_of_two_records
    union all
    select node_b, null from decisions where decision = 'same' and is_of_two_records
),

answered as (
    select node_a, coalesce(node_b, '') as node_b from answers group by 1, 2
),

-- Decisions of one steward or several that contradict each other hold nobody together.
unheld as (
    select decisions.*
    from decisions
    inner join {{ ref('int_identity__members') }} as one on decisions.node_a = one.node_id
    inner join {{ ref('int_identity__members') }} as other on decisions.node_b = other.node_id
    where decisions.is_of_two_records and decisions.decision = 'same' and one.cluster_id <> other.cluster_id
),

paired as (
    select
        *, case when node_b is null then node_a else least(node_a, node_b) end as first_node,
        case when node_b is null then '' else greatest(node_a, node_b) end as second_node
    from questions
),

final as (
    select
        paired.kind, paired.node_a, paired.node_b, paired.evidence, paired.match_probability, paired.opened_at,
        null as system_a, null as id_a, null as system_b, null as id_b
    from paired
    left join answered on paired.first_node = answered.node_a and paired.second_node = answered.node_b
    where answered.node_a is null
    union all
    -- A decision without effect is a question itself.
    select 'decision_without_record', node_a, node_b, decision, null, decided_at, system_a, id_a, system_b, id_b
    from decisions
    where not is_of_two_records
    union all
    select 'decision_in_conflict', node_a, node_b, decision, null, decided_at, system_a, id_a, system_b, id_b from unheld
)

select * from final
