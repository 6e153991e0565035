{#- The run's as-of instant: midnight (UTC) at which its as-of date begins. -#}
{% macro as_of_at() -%}
    cast('{{ var("as_of_on") }}' as timestamp)
{%- endmacro %}
