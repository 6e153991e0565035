{#- True where two rows hold the same in all these columns; nothing equals nothing. -#}
{% macro same_values(one, other, columns) -%}
    {%- for column in columns -%}
        coalesce({{ one }}.{{ column }}, '') = coalesce({{ other }}.{{ column }}, '')
        {%- if not loop.last %} and {% endif -%}
    {%- endfor -%}
{%- endmacro %}
