{#- A select-list item: one row per given expression. -#}
{% macro value_rows(expressions) -%}
    {{ return(adapter.dispatch('value_rows', 'rapport')(expressions)) }}
{%- endmacro %}

{% macro duckdb__value_rows(expressions) -%}
    unnest([{{ expressions | join(', ') }}])
{%- endmacro %}
