{#- A platform's meeting number as digits only: people write it in groups. -#}
{% macro meeting_number(column) -%}
    replace(replace({{ column }}, ' ', ''), '-', '')
{%- endmacro %}
