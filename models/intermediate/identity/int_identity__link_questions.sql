with

rejected as (
    select * from {{ ref('int_identity__rejected_edges') }}
),

members as (
    select node_id, cluster_id from {{ ref('int_identity__members') }}
),

decided as (
    select one.cluster_id as cluster_a, other.cluster_id as cluster_b, pairs.decision
    from {{ ref('int_identity__steward_pairs') }} as pairs
    inner join members as one on pairs.node_a = one.node_id
    inner join members as other on pairs.node_b = other.node_id
    where one.cluster_id <> other.cluster_id
),

answered as (
    select least(cluster_a, cluster_b) as cluster_a, greatest(cluster_a, cluster_b) as cluster_b from decided group by 1, 2
),

parted as (
    select cluster_a as cluster_id from decided where decision = 'different'
    union
    select cluster_b from decided where decision = 'different'
),

links as (
    select node_a, node_b, tier, rule, rejected_by, reason, known_at, cast(null as double) as match_probability from rejected
    {%- if var('identity_probabilistic') %}
    union all
    select node_a, node_b, 99, 'model', 'review_band', reason, null, match_probability
    from {{ ref('int_identity__uncertain_pairs') }}
    {%- endif %}
),

between as (
    select
        links.*, least(one.cluster_id, other.cluster_id) as cluster_a, greatest(one.cluster_id, other.cluster_id) as cluster_b,
        case when one.cluster_id = other.cluster_id then least(links.node_a, links.node_b) end as within
    from links
    inner join members as one on links.node_a = one.node_id
    inner join members as other on links.node_b = other.node_id
    where one.cluster_id <> other.cluster_id or links.rejected_by = 'merge_loop'
),

-- Whether two people are one is one question, however much speaks for it; the strongest evidence stands for the rest. A
-- circle of merges is a fault even where other evidence joins its accounts.
ranked as (
    select
        between.*,
        row_number() over (
            partition by between.cluster_a, between.cluster_b, between.within
            order by between.tier, between.match_probability desc nulls last, between.rule, between.node_a, between.node_b
        ) as place
    from between
    left join answered on between.cluster_a = answered.cluster_a and between.cluster_b = answered.cluster_b
    where answered.cluster_a is null
),

-- What fell apart with a split hangs on one of the people whom the steward parted.
final as (
    select
        case
            when ranked.rejected_by = 'merge_loop' then 'merge_loop'
            when ranked.rejected_by = 'review_band' then 'probable_pair'
            when ranked.rule = 'merge' and ranked.rejected_by = 'different_npis' then 'merge_of_two_npis'
            when ranked.rejected_by = 'component_in_conflict' and coalesce(a.cluster_id, b.cluster_id) is not null then 'split_by_steward'
            else 'rejected_link'
        end as kind,
        ranked.node_a, ranked.node_b, ranked.reason as evidence, ranked.match_probability, ranked.known_at as opened_at
    from ranked
    left join parted as a on ranked.cluster_a = a.cluster_id
    left join parted as b on ranked.cluster_b = b.cluster_id
    where ranked.place = 1
)

select * from final
