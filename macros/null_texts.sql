{#- Select-list items: text columns that a feed cannot fill, in the order of the union that they end up in. -#}
{% macro null_texts(names) -%}
    {%- for name in names -%} cast(null as {{ type_text() }}) as {{ name }}{{ ', ' if not loop.last }} {%- endfor -%}
{%- endmacro %}
