{#- A text without any match of a regular expression, given as the inside of an SQL literal. -#}
{% macro without(expression, pattern) -%}
    {{ return(adapter.dispatch('without', 'rapport')(expression, pattern)) }}
{%- endmacro %}

{% macro duckdb__without(expression, pattern) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '', 'g')
{%- endmacro %}
