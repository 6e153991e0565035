{#-
  Columns marked `published` in the registry (names of products, topics, teams ...) may reach a release as they are. The gate
  would block the whole release for one cell in them that names a person; so that one bad row harms nobody else, such a row
  goes to quarantine first. The gate does not rely on it.
-#}

{#- One select per published column: its distinct values, of those that could be more than a name. -#}
{% macro published_values() -%}
    {{ return(_registered_values(
        'published', matches('value', '[0-9@:/\\r\\n]|www') ~ ' or length(value) > 500'
    )) }}
{%- endmacro %}

{#- The values of all identifier columns that stand in the relation `candidates` too. -#}
{% macro identifiers_among(candidates) -%}
    {{ return(_registered_values('identifier', 'value in (select value from ' ~ candidates ~ ') and length(value) >= 2')) }}
{%- endmacro %}

{#- One select per object: the distinct values in lower case of its columns that have a mark in the registry. -#}
{% macro _registered_values(mark, condition) -%}
    {%- set selects = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.config.meta.key -%}
            {%- set columns = [] -%}
            {%- for column in loaded_columns(table) if column.config.meta[mark] -%}
                {%- do columns.append('lower(trim(' ~ column.name ~ '))') -%}
            {%- endfor -%}
            {%- if columns -%}
                {%- do selects.append(
                    'select distinct value from (select ' ~ value_rows(columns) ~ ' as value from '
                    ~ source(table.source_name, table.name) ~ ') as cells where ' ~ condition
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(selects | join('\n    union\n    ')) }}
{%- endmacro %}
