with

pairs as (
    select * from {{ ref('int_identity__probable_pairs') }} where match_probability >= {{ var('identity_review_probability') }}
),

members as (
    select node_id, cluster_id from {{ ref('int_identity__members') }}
),

apart as (
    select pairs.*, one.cluster_id as cluster_a, other.cluster_id as cluster_b
    from pairs
    inner join members as one on pairs.node_a = one.node_id
    inner join members as other on pairs.node_b = other.node_id
    where one.cluster_id <> other.cluster_id
),

cluster_ids as (
    select members.cluster_id, ids.scope, min(ids.id_value) as id_value
    from {{ ref('int_identity__exclusive_ids') }} as ids
    inner join members on ids.node_id = members.node_id
    group by members.cluster_id, ids.scope
),

-- Ids of which a person has one have answered the question.
contradictions as (
    select apart.cluster_a, apart.cluster_b
    from apart
    inner join cluster_ids as one on apart.cluster_a = one.cluster_id
    inner join cluster_ids as other
        on apart.cluster_b = other.cluster_id and one.scope = other.scope and one.id_value <> other.id_value
    group by apart.cluster_a, apart.cluster_b
),

final as (
    select apart.node_a, apart.node_b, apart.match_probability, apart.reason
    from apart
    left join contradictions on apart.cluster_a = contradictions.cluster_a and apart.cluster_b = contradictions.cluster_b
    where contradictions.cluster_a is null
)

select * from final
