{#- A select-list item: all columns of a relation but some. -#}
{% macro all_except(relation, columns) -%}
    {{ return(adapter.dispatch('all_except', 'rapport')(relation, columns)) }}
{%- endmacro %}

{% macro duckdb__all_except(relation, columns) -%}
    {{ relation }}.*{% if columns %} exclude ({{ columns | join(', ') }}){% endif %}
{%- endmacro %}
