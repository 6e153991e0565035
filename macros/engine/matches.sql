{#- True where a text holds a match of a regular expression, given as the inside of an SQL literal. -#}
{% macro matches(expression, pattern) -%}
    {{ return(adapter.dispatch('matches', 'rapport')(expression, pattern)) }}
{%- endmacro %}

{% macro duckdb__matches(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}
