{#- A select-list item: one row per part of a text between separators, none for null. -#}
{% macro split_rows(column, separator) -%}
    {{ return(adapter.dispatch('split_rows', 'rapport')(column, separator)) }}
{%- endmacro %}

{% macro duckdb__split_rows(column, separator) -%}
    unnest(string_split({{ column }}, '{{ separator }}'))
{%- endmacro %}
