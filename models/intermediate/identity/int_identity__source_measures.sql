with

ids as (
    select clusters.source_system, clusters.person_key, clusters.hcp_key, clusters.method, nodes.has_invalid_npi, nodes.has_several_npis
    from {{ ref('int_identity__clusters') }} as clusters
    inner join {{ ref('int_identity__nodes') }} as nodes on clusters.node_id = nodes.node_id
),

scoped_ids as (
    select * from ids
    union all
    select '*', person_key, hcp_key, method, has_invalid_npi, has_several_npis from ids
),

id_counts as (
    select
        source_system, count(*) as ids, count(hcp_key) as resolved_ids, count(distinct hcp_key) as hcps,
        count(distinct person_key) as people,
        {%- for method in ['source_id', 'npi', 'email', 'rule', 'model', 'steward', 'unresolved'] %}
        count(case when method = '{{ method }}' then 1 end) as ids_by_{{ method }},
        {%- endfor %}
        count(case when has_invalid_npi then 1 end) as invalid_npi_count,
        count(case when has_several_npis then 1 end) as conflicting_npi_count
    from scoped_ids
    group by source_system
),

touches as (
    select source_system, hcp_key, coalesce(hcp_key, touchpoint_id) as person from {{ ref('int_touchpoints__identified') }}
),

scoped_touches as (
    select * from touches
    union all
    select '*', hcp_key, person from touches
),

touch_counts as (
    select
        source_system, count(*) as touches, count(*) - count(hcp_key) as touches_unresolved, count(distinct person) as people_touched
    from scoped_touches
    group by source_system
),

known as (
    select source_system, hcp_key from scoped_ids where hcp_key is not null group by source_system, hcp_key
),

attributes as (
    select
        known.source_system
        {%- for attribute in ['specialty', 'country', 'region'] %},
        round(avg(case when attributes.attribute = '{{ attribute }}' then case when attributes.has_conflict then 1.0 else 0.0 end end), 6)
            as {{ attribute }}_conflict_rate
        {%- endfor %}
    from known
    inner join {{ ref('int_hcps__attributes') }} as attributes on known.hcp_key = attributes.hcp_key
    where attributes.value_rank = 1
    group by known.source_system
),

systems as (
    select source_system from id_counts
    union
    select source_system from touch_counts
),

final as (
    select
        systems.source_system, id_counts.people, touch_counts.people_touched,
        {{ all_except('id_counts', ['source_system', 'people']) }},
        coalesce(touch_counts.touches, 0) as touches, coalesce(touch_counts.touches_unresolved, 0) as touches_unresolved,
        round(cast(touch_counts.touches_unresolved as double) / nullif(touch_counts.touches, 0), 6) as unresolved_rate,
        {{ all_except('attributes', ['source_system']) }}
    from systems
    left join id_counts on systems.source_system = id_counts.source_system
    left join touch_counts on systems.source_system = touch_counts.source_system
    left join attributes on systems.source_system = attributes.source_system
)

select * from final
