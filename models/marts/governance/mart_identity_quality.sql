{%- set of_ids = [
    'ids', 'resolved_ids', 'hcps', 'ids_by_source_id', 'ids_by_npi', 'ids_by_email', 'ids_by_rule',
    'ids_by_model', 'ids_by_steward', 'ids_by_unresolved', 'invalid_npi_count', 'conflicting_npi_count',
    'specialty_conflict_rate', 'country_conflict_rate', 'region_conflict_rate'
] -%}
{%- set of_touches = ['touches', 'touches_unresolved', 'unresolved_rate'] -%}
{%- set of_whole = [
    'largest_cluster', 'clusters_of_1', 'clusters_of_2', 'clusters_of_3_to_5', 'clusters_of_6_to_10',
    'clusters_over_10', 'clusters_with_two_npis', 'npis_on_two_keys', 'guarded_mailboxes', 'edges_by_steward',
    'edges_by_npi', 'edges_by_source_id', 'edges_by_email', 'edges_by_rule', 'edges_by_model',
    'rejected_edges', 'merge_loops', 'candidate_pairs', 'model_pairs', 'steward_reversals', 'keys_changed_week'
] -%}
with

sources as (
    select * from {{ ref('int_identity__source_measures') }}
),

whole as (
    select * from {{ ref('int_identity__whole_measures') }}
),

aliases as (
    select '*' as source_system, count(aliases.hcp_key) - count(hcps.hcp_key) as keys_without_survivor
    from {{ ref('bridge_hcp_aliases') }} as aliases
    left join {{ ref('dim_hcps') }} as hcps on aliases.hcp_key = hcps.hcp_key
),

review as (
    select '*' as source_system, count(*) as review_entries, max(age_days) as review_oldest_days
    from {{ ref('mart_identity_review') }}
),

judged as (
    select
        *, coalesce(people < {{ var('smallest_cell') }}, false) as has_few_ids,
        coalesce(people_touched < {{ var('smallest_cell') }}, false) as has_few_touches
    from sources
),

measured as (
    select
        judged.source_system, judged.has_few_ids or judged.has_few_touches as is_suppressed,
        {%- for column in of_ids %}
        case when not judged.has_few_ids then judged.{{ column }} end as {{ column }},
        {%- endfor %}
        {%- for column in of_touches %}
        case when not judged.has_few_touches then judged.{{ column }} end as {{ column }},
        {%- endfor %}
        {%- for column in of_whole %}
        case when not judged.has_few_ids then whole.{{ column }} end as {{ column }},
        {%- endfor %}
        case when not judged.has_few_ids then round(cast(whole.keys_changed_week as double) / nullif(judged.hcps, 0), 6) end as key_churn_week,
        aliases.keys_without_survivor, review.review_entries, review.review_oldest_days
    from judged
    left join whole on judged.source_system = whole.source_system
    left join aliases on judged.source_system = aliases.source_system
    left join review on judged.source_system = review.source_system
),

final as (
    select
        cast('{{ var("as_of_on") }}' as date) as as_of_on, source_system, is_suppressed,
        nullif(concat_ws(
            ';'
            {%- for measure, limit in var('identity_alarms').items() %},
            case when {{ measure }} > {{ limit }} then '{{ measure }}' end
            {%- endfor %}
        ), '') as alarms,
        unresolved_rate, key_churn_week, {{ (of_ids + of_touches[:2] + of_whole) | join(', ') }}, keys_without_survivor,
        review_entries, review_oldest_days
    from measured
)

select * from final
