with

open_questions as (
    select * from {{ ref('int_identity__open_questions') }}
),

sides as (
    select
        nodes.node_id, nodes.source_system, nodes.id_type, nodes.id_value,
        trim(coalesce(nodes.first_name, '') || ' ' || coalesce(nodes.last_name, '')) as name, nodes.city, nodes.specialty, coalesce(nodes.npi, nodes.recorded_npi) as npi, nodes.email, clusters.hcp_key, nodes.first_known_at
    from {{ ref('int_identity__nodes') }} as nodes
    inner join {{ ref('int_identity__clusters') }} as clusters on nodes.node_id = clusters.node_id
),

kinds as (
    select * from {{ ref('review_kinds') }}
),

described as (
    select
        open_questions.kind, kinds.priority,
        kinds.reason || coalesce(' (' || open_questions.evidence || ')', '') as reason,
        open_questions.node_a, open_questions.node_b,
        {%- for side in ['a', 'b'] %}
        coalesce({{ side }}.source_system, open_questions.system_{{ side }}) as system_{{ side }}, {{ side }}.id_type as id_type_{{ side }},
        coalesce({{ side }}.id_value, open_questions.id_{{ side }}) as id_{{ side }}, nullif({{ side }}.name, '') as name_{{ side }},
        {{ side }}.city as city_{{ side }}, {{ side }}.specialty as specialty_{{ side }}, {{ side }}.npi as npi_{{ side }},
        {{ side }}.email as email_{{ side }}, {{ side }}.hcp_key as hcp_key_{{ side }},
        {%- endfor %}
        open_questions.match_probability,
        coalesce(open_questions.opened_at, greatest(a.first_known_at, coalesce(b.first_known_at, a.first_known_at))) as opened_at
    from open_questions
    inner join kinds on open_questions.kind = kinds.kind
    left join sides as a on open_questions.node_a = a.node_id
    left join sides as b on open_questions.node_b = b.node_id
),

final as (
    select
        {{ keyed_hash("concat_ws('|', 'review', kind, node_a, node_b)") }} as entry_id, kind, priority, reason,
        {%- for side in ['a', 'b'] %}
        {% for column in ['system', 'id_type', 'id', 'name', 'city', 'specialty', 'npi', 'email', 'hcp_key'] %}{{ column }}_{{ side }}, {% endfor %}
        {%- endfor %}
        match_probability, opened_at, greatest({{ dbt.datediff('opened_at', as_of_at(), 'day') }}, 0) as age_days,
        concat_ws(',', system_a, id_a, system_b, id_b) as decision_hint
    from described
)

select * from final
