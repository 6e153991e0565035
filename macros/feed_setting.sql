{#- A setting of feeds.yml that the models read, as text; null without it (ruling 8). -#}
{% macro feed_setting(system, object, setting) -%}
    {%- set value = (((var('feeds') or {}).get(system) or {}).get(object) or {}).get(setting) -%}
    cast({{ quoted([value]) if value is not none else 'null' }} as {{ type_text() }})
{%- endmacro %}
