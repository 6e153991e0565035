with

sizes as (
    select
        max(holder_count) as largest_cluster,
        count(case when holder_count = 1 then 1 end) as clusters_of_1,
        count(case when holder_count = 2 then 1 end) as clusters_of_2,
        count(case when holder_count between 3 and 5 then 1 end) as clusters_of_3_to_5,
        count(case when holder_count between 6 and 10 then 1 end) as clusters_of_6_to_10,
        count(case when holder_count > 10 then 1 end) as clusters_over_10,
        count(case when has_two_npis then 1 end) as clusters_with_two_npis
    from {{ ref('int_identity__cluster_sizes') }}
    where hcp_key is not null
),

npi_keys as (
    select nodes.npi
    from {{ ref('int_identity__nodes') }} as nodes
    inner join {{ ref('int_identity__clusters') }} as clusters on nodes.node_id = clusters.node_id
    where nodes.npi is not null and clusters.hcp_key is not null
    group by nodes.npi
    having count(distinct clusters.hcp_key) > 1
),

mailboxes as (
    select count(*) as guarded_mailboxes from {{ ref('int_identity__guarded_mailboxes') }} where reason = 'mailbox_limit'
),

edges as (
    select
        {%- for method in ['steward', 'npi', 'source_id', 'email', 'rule', 'model'] %}
        count(case when rules.method = '{{ method }}' then 1 end) as edges_by_{{ method }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_identity__edges') }} as edges
    inner join {{ ref('identity_rules') }} as rules on edges.rule = rules.rule
),

rejected as (
    select
        count(case when rejected_by <> 'merge_loop' then 1 end) as rejected_edges,
        count(distinct case when rejected_by = 'merge_loop' then least(node_a, node_b) end) as merge_loops
    from {{ ref('int_identity__rejected_edges') }}
),

decisions as (
    select
        count(earlier_decision) as steward_reversals
    from {{ ref('int_identity__steward_decisions') }}
    where is_of_two_records and decision <> earlier_decision
),

-- A key changes when it becomes an alias of an older one, and when a steward splits a person.
changes as (
    select count(distinct changed_key) as keys_changed_week
    from {{ ref('int_identity__key_changes') }}
    where changed_at >= {{ dbt.dateadd('day', -7, as_of_at()) }} and changed_at < {{ as_of_at() }}
),

final as (
    select
        '*' as source_system, sizes.*, (select count(*) from npi_keys) as npis_on_two_keys, mailboxes.guarded_mailboxes, edges.*,
        rejected.rejected_edges, rejected.merge_loops,
        {%- if var('identity_probabilistic') %}
        (select cast(sum(candidate_pairs) as bigint) from {{ ref('int_identity__blocks') }}) as candidate_pairs,
        (select count(*) from {{ ref('int_identity__probable_pairs') }}) as model_pairs,
        {%- else %}
        cast(null as bigint) as candidate_pairs, cast(null as bigint) as model_pairs,
        {%- endif %}
        decisions.steward_reversals, changes.keys_changed_week
    from sizes
    cross join mailboxes
    cross join edges
    cross join rejected
    cross join decisions
    cross join changes
)

select * from final
