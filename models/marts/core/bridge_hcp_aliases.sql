with

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

moments as (
    select
        one.node_id, moments.merged_at, other.seniority < one.seniority as is_with_senior, other.qualifies
    from {{ ref('int_identity__merge_moments') }} as moments
    inner join clusters as one on moments.node_a = one.node_id
    inner join clusters as other on moments.node_b = other.node_id
),

absorbed as (
    select
        node_id, min(case when is_with_senior then merged_at end) as absorbed_at,
        min(case when not is_with_senior and qualifies then merged_at end) as qualified_at
    from moments
    group by node_id
),

-- A key was published if its id makes an HCP by itself, or stood for others that do before an older id took over.
final as (
    select clusters.own_key as old_hcp_key, clusters.hcp_key, clusters.joined_at as since_at
    from clusters
    left join absorbed on clusters.node_id = absorbed.node_id
    where
        clusters.hcp_key is not null and not clusters.is_anchor
        and (clusters.qualifies or absorbed.qualified_at < absorbed.absorbed_at)
)

select * from final
