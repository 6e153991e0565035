{#- Counts that are shown together, and those that follow from them by subtraction. -#}
{%- set kinds = {
    'events': (['events_open', 'events_forwarded', 'events_overdue', 'events_forwarded_late'], ['events_open - events_overdue', 'events_forwarded - events_forwarded_late']),
    'identifiers': (['identifiers_open', 'identifiers_forwarded'], []),
} -%}
with

counts as (
    select * from {{ ref('int_safety__counts') }}
),

-- A count below the smallest cell hides all of its kind: what is left would tell it.
judged as (
    select
        *
        {%- for kind, (counts, differences) in kinds.items() %},
        {% for count in counts + differences %}{{ count }} between 1 and {{ var('smallest_cell') - 1 }}{{ ' or ' if not loop.last }}{% endfor %} as has_few_{{ kind }}
        {%- endfor %}
    from counts
),

final as (
    select
        cast('{{ var("as_of_on") }}' as date) as as_of_on, system, object,
        events_overdue > 0 as is_overdue, has_few_events or has_few_identifiers as is_suppressed
        {%- for kind, (counts, differences) in kinds.items() %}
        {%- for count in counts %},
        case when not has_few_{{ kind }} then {{ count }} end as {{ count }}
        {%- endfor %}
        {%- endfor %}
    from judged
)

select * from final
