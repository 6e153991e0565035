{#- The current rows of an object: what staging reads. All raw columns, and `_first_delivered_at`. -#}
{% macro accepted(system, object) -%}
    {{ raw_rows_by_disposition(system, object, ['accepted']) }}
{%- endmacro %}

{#- Every state that a record ever had, with `_disposition`: for rules that ask for the value of the time (ruling 5). -#}
{% macro versions(system, object) -%}
    {{ raw_rows_by_disposition(system, object, ['accepted', 'superseded', 'deleted']) }}
{%- endmacro %}

{% macro raw_rows_by_disposition(system, object, dispositions) -%}
    (
        select
            {{ mapped_columns(system, object) }},
            dispositions.disposition as _disposition,
            dispositions.first_delivered_at as _first_delivered_at
        from {{ source(system, object) }} as raw_rows
        inner join {{ ref('stg_rapport__dispositions') }} as dispositions
            on raw_rows._delivery = dispositions.delivery
            and raw_rows._row = dispositions.row_number
        where
            dispositions.system = '{{ system }}'
            and dispositions.object = '{{ object }}'
            and dispositions.disposition in ({{ quoted(dispositions) }})
            and not dispositions.is_deletion
    )
{%- endmacro %}

{#-
  All raw columns, the operator's own values in ours. Raw keeps them as they came, so that a value mapped later mends
  old rows too (GEN-13).
-#}
{% macro mapped_columns(system, object) -%}
    {%- set mappings = picklists(system, object).items() | selectattr(1, 'mapping') | list -%}
    {{ all_except('raw_rows', mappings | map('first') | list) }}
    {%- for column, values in mappings %},
            case raw_rows.{{ column }}
                {%- for theirs, ours in values.items() %} when {{ quoted([theirs]) }} then {{ quoted([ours]) }}{% endfor %}
                else raw_rows.{{ column }}
            end as {{ column }}
    {%- endfor -%}
{%- endmacro %}

{#- The columns that end every staging model: the way back to the delivered row. -#}
{% macro lineage(record_id) -%}
    {{ record_id }} as record_id,
    _delivery as delivery,
    _row as row_number,
    _delivered_at as delivered_at,
    _first_delivered_at as first_delivered_at
{%- endmacro %}
