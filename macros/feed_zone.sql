{#- The zone of an object's local times: the operator's, else the registry's (GEN-06, ruling 8). Unit tests know no registry. -#}
{% macro feed_zone(system, object) -%}
    {%- set overrides = ((var('feeds') or {}).get(system) or {}).get(object) or {} -%}
    {%- if overrides.get('time_zone') -%} {{ return(overrides.time_zone) }} {%- endif -%}
    {%- if execute -%}
        {%- for table in (graph.get('sources') or {}).values() if table.source_name == system and table.name == object -%}
            {{ return(table.config.meta.time_zone or table.source_meta.time_zone or 'UTC') }}
        {%- endfor -%}
    {%- endif -%}
    {{ return('UTC') }}
{%- endmacro %}
