{#-
  One tier of the clustering, strongest evidence first: joins the clusters that the tiers before left (`previous`; null =
  every node by itself) by the links of this tier, unless that puts a cannot-link pair into one cluster. Order-free.

  A link (int_identity__links) is one piece of evidence and names any number of nodes. Where its clusters agree, a star
  round the smallest says the same as all pairs and stays linear (a sample NPI typed by thousands); where two of them
  may not be linked, all pairs are written out, less the forbidden ones. A component that is still in conflict as a
  whole loses all edges of this tier.
-#}
{% macro identity_tier(tier, previous) -%}
with recursive

before as (
    {%- if previous %}
    select node_id, cluster_id from {{ part_of(previous) }}
    {%- else %}
    select node_id, node_id as cluster_id from {{ part_of('int_identity__nodes') }}
    {%- endif %}
),

linked_clusters as (
    select links.link_id as group_id, before.cluster_id, count(*) over (partition by links.link_id) as cluster_count
    from {{ ref('int_identity__links') }} as links
    inner join before on links.node_id = before.node_id
    where links.tier = {{ tier }}
    group by links.link_id, before.cluster_id
),

{{ identity_cannot_links(tier) }},

joinable as (
    select group_id, cluster_id from linked_clusters where cluster_count > 1
),

forbidden_edges as (
    {{ identity_conflicts('joinable') }}
),

contested_links as (
    select group_id from forbidden_edges group by group_id
),

contested as (
    select joinable.group_id, joinable.cluster_id
    from joinable
    inner join contested_links on joinable.group_id = contested_links.group_id
    group by joinable.group_id, joinable.cluster_id
),

edges as (
    select joinable.cluster_id as cluster_a, min(joinable.cluster_id) over (partition by joinable.group_id) as cluster_b
    from joinable
    left join contested_links on joinable.group_id = contested_links.group_id
    where contested_links.group_id is null
    union all
    select one.cluster_id, other.cluster_id
    from contested as one
    inner join contested as other on one.group_id = other.group_id and one.cluster_id < other.cluster_id
    left join forbidden_edges
        on one.group_id = forbidden_edges.group_id
        and one.cluster_id = forbidden_edges.cluster_a
        and other.cluster_id = forbidden_edges.cluster_b
    where forbidden_edges.group_id is null
),

steps as (
    select cluster_a as from_cluster, cluster_b as to_cluster from edges where cluster_a <> cluster_b
    union
    select cluster_b, cluster_a from edges where cluster_a <> cluster_b
),

{{ identity_components('reached', 'steps') }},

components as (
    select cluster_id, min(label) as group_id from reached group by cluster_id
),

conflicts as (
    {{ identity_conflicts('components') }}
),

contested_components as (
    select group_id from conflicts group by group_id
),

final as (
    select
        before.node_id,
        case
            when contested_components.group_id is null then coalesce(components.group_id, before.cluster_id)
            else before.cluster_id
        end as cluster_id
    from before
    left join components on before.cluster_id = components.cluster_id
    left join contested_components on components.group_id = contested_components.group_id
)

select * from final
{%- endmacro %}


{#- The recursion: each cluster learns the labels smaller than its own that reach it; the smallest names the component. -#}
{% macro identity_components(name, steps) -%}
{{ name }} as (
    select from_cluster as cluster_id, from_cluster as label from {{ steps }}
    union
    select {{ steps }}.to_cluster, {{ name }}.label
    from {{ name }}
    inner join {{ steps }} on {{ name }}.cluster_id = {{ steps }}.from_cluster
    where {{ name }}.label < {{ steps }}.to_cluster
)
{%- endmacro %}


{#-
  What may never share a cluster, as clusters stand before the tier: a steward's `different`, and from tier 1 on two
  different ids of a kind of which a person has one (NPI, national id, licence of a state), unless a steward's `same` put
  just these two into one cluster. A generation is no id of one person: there the excuse holds for the steward's people alone.
-#}
{% macro identity_cannot_links(tier) -%}
different_clusters as (
    select least(one.cluster_id, other.cluster_id) as cluster_a, greatest(one.cluster_id, other.cluster_id) as cluster_b
    from {{ ref('int_identity__steward_pairs') }} as pairs
    inner join before as one on pairs.node_a = one.node_id
    inner join before as other on pairs.node_b = other.node_id
    where pairs.decision = 'different'
    group by 1, 2
),

cluster_ids as (
    select before.cluster_id, ids.scope, ids.id_value
    from {{ ref('int_identity__exclusive_ids') }} as ids
    inner join before on ids.node_id = before.node_id
    {%- if tier == 0 %}
    where 1 = 0
    {%- endif %}
    group by before.cluster_id, ids.scope, ids.id_value
),

steward_ids as (
    {%- if tier == 0 %}
    select cluster_id, cluster_id as joined_cluster_id, scope, id_value from cluster_ids
    {%- else %}
    select tier_0.cluster_id, before.cluster_id as joined_cluster_id, ids.scope, ids.id_value
    from {{ ref('int_identity__links') }} as links
    inner join before on links.node_id = before.node_id
    inner join {{ ref('int_identity__tier_0_steward') }} as tier_0 on links.node_id = tier_0.node_id
    inner join {{ ref('int_identity__exclusive_ids') }} as ids on links.node_id = ids.node_id
    where links.tier = 0
    {%- endif %}
),

excused_ids as (
    select
        one.scope, one.id_value as id_a, other.id_value as id_b,
        case when one.scope = 'generation' then one.joined_cluster_id end as only_cluster_id
    from steward_ids as one
    inner join steward_ids as other
        on one.cluster_id = other.cluster_id and one.scope = other.scope and one.id_value < other.id_value
    group by 1, 2, 3, 4
)
{%- endmacro %}


{#- Pairs of clusters of one group (a link, a component) that may not be linked: group_id, cluster_a < cluster_b. -#}
{% macro identity_conflicts(groups) -%}
    with several_ids as (
        select {{ groups }}.group_id, cluster_ids.scope
        from {{ groups }}
        inner join cluster_ids on {{ groups }}.cluster_id = cluster_ids.cluster_id
        group by {{ groups }}.group_id, cluster_ids.scope
        having min(cluster_ids.id_value) <> max(cluster_ids.id_value)
    ),

    ids as (
        select {{ groups }}.group_id, {{ groups }}.cluster_id, cluster_ids.scope, cluster_ids.id_value
        from several_ids
        inner join {{ groups }} on several_ids.group_id = {{ groups }}.group_id
        inner join cluster_ids on {{ groups }}.cluster_id = cluster_ids.cluster_id and several_ids.scope = cluster_ids.scope
    )

    select
        one.group_id,
        least(one.cluster_id, other.cluster_id) as cluster_a,
        greatest(one.cluster_id, other.cluster_id) as cluster_b
    from ids as one
    inner join ids as other on one.group_id = other.group_id and one.scope = other.scope and one.id_value < other.id_value
    left join excused_ids
        on one.scope = excused_ids.scope and one.id_value = excused_ids.id_a and other.id_value = excused_ids.id_b
        and coalesce(excused_ids.only_cluster_id in (one.cluster_id, other.cluster_id), true)
    where one.cluster_id <> other.cluster_id and excused_ids.scope is null
    union
    (
        -- An intersection, since no planner can turn it into all pairs of a group.
        select {{ groups }}.group_id, different_clusters.cluster_a, different_clusters.cluster_b
        from different_clusters
        inner join {{ groups }} on different_clusters.cluster_a = {{ groups }}.cluster_id
        intersect
        select {{ groups }}.group_id, different_clusters.cluster_a, different_clusters.cluster_b
        from different_clusters
        inner join {{ groups }} on different_clusters.cluster_b = {{ groups }}.cluster_id
    )
{%- endmacro %}


{#- The tiers in their order, strongest first: model names. The probability bands stand only where the model is switched on. -#}
{% macro identity_tiers() -%}
    {%- set tiers = ['0_steward', '1_npi', '2_reference', '3_email', '4_name_city_specialty', '5_name_city'] -%}
    {%- if var('identity_probabilistic') -%}
        {%- set tiers = tiers + ['6_model_99', '7_model_95', '8_model_90', '9_model_80'] -%}
    {%- endif -%}
    {{ return(tiers) }}
{%- endmacro %}
