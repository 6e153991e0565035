with

decisions as (
    select
        record_id as decision_id, decision, {{ identity_system('trim(system_a)') }} as system_a, trim(id_a) as id_a,
        {{ identity_system('trim(system_b)') }} as system_b, trim(id_b) as id_b, decided_at, reason_code, first_delivered_at
    from {{ ref('stg_privacy__steward_decisions') }}
),

-- Decisions are few and ids are many: only what a decision names is looked up.
given as (
    select system_a as source_system, id_a as given_id from decisions
    union
    select system_b, id_b from decisions
),

nodes as (
    select node_id, source_system, id_type, id_value from {{ ref('int_identity__nodes') }}
),

-- A learner's id is provider and id together; a steward may leave the provider out where that leaves no doubt, and name an
-- account by its id in the newer CRM.
names as (
    select given.source_system, given.given_id, nodes.node_id, 1 as name_rank
    from given
    inner join nodes on given.source_system = nodes.source_system and given.given_id = nodes.id_value
    union all
    select given.source_system, given.given_id, nodes.node_id, 2
    from given
    inner join nodes
        on given.source_system = nodes.source_system
        and given.given_id = substr(nodes.id_value, {{ dbt.position("'|'", 'nodes.id_value') }} + 1)
    where nodes.id_type in ('cme_learner', 'lms_user')
    union all
    select given.source_system, given.given_id, nodes.node_id, 2
    from given
    inner join {{ ref('stg_veeva_vault__older_ids') }} as older_ids on given.given_id = older_ids.newer_id
    inner join nodes
        on given.source_system = nodes.source_system and older_ids.older_id = nodes.id_value and nodes.id_type = 'veeva_crm_account'
),

counted as (
    select
        *,
        count(*) over (partition by source_system, given_id, name_rank) as node_count,
        min(name_rank) over (partition by source_system, given_id) as best_rank
    from names
),

clear as (
    select source_system, given_id, node_id from counted where name_rank = best_rank and node_count = 1
),

named as (
    select
        decisions.*, one.node_id as node_of_a, other.node_id as node_of_b,
        coalesce(one.node_id, decisions.system_a || '|' || decisions.id_a) as ref_a,
        coalesce(other.node_id, decisions.system_b || '|' || decisions.id_b) as ref_b
    from decisions
    left join clear as one on decisions.system_a = one.source_system and decisions.id_a = one.given_id
    left join clear as other on decisions.system_b = other.source_system and decisions.id_b = other.given_id
),

-- The latest row of a pair counts; of one instant, 'different': a missed merge harms less than a wrong one.
final as (
    select
        decision_id, decision,
        case when ref_a <= ref_b then system_a else system_b end as system_a, case when ref_a <= ref_b then id_a else id_b end as id_a,
        case when ref_a <= ref_b then system_b else system_a end as system_b, case when ref_a <= ref_b then id_b else id_a end as id_b,
        least(ref_a, ref_b) as node_a, greatest(ref_a, ref_b) as node_b,
        node_of_a is not null and node_of_b is not null and node_of_a <> node_of_b as is_of_two_records,
        decided_at, reason_code, first_delivered_at,
        row_number() over (
            partition by least(ref_a, ref_b), greatest(ref_a, ref_b)
            order by decided_at desc nulls last, decision, reason_code nulls last, decision_id
        ) as recency,
        lag(decision) over (
            partition by least(ref_a, ref_b), greatest(ref_a, ref_b)
            order by decided_at nulls first, decision desc, reason_code desc nulls first, decision_id desc
        ) as earlier_decision
    from named
)

select * from final
