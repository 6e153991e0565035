{#-
  Columns marked `published` in the registry (names of products, topics, teams ...) may reach a release as they are. The gate
  would block the whole release for one cell in them that names a person; so that one bad row harms nobody else, such a row
  goes to quarantine first. The gate does not rely on it.
-#}

{#- One select per published column: its distinct values, of those that could be more than a name. -#}
{% macro published_values() -%}
    {%- set selects = [] -%}
    {%- for table, column in registered_columns('published') -%}
        {%- set value = column.name -%}
        {%- do selects.append(
            "select lower(trim(" ~ value ~ ")) as value from " ~ source(table.source_name, table.name)
            ~ " where " ~ matches(value, "[0-9@:/\\r\\n]|www") ~ " or length(" ~ value ~ ") > 500 group by all"
        ) -%}
    {%- endfor -%}
    {{ return(selects | join('\n    union\n    ')) }}
{%- endmacro %}

{#- One select per identifier column: those of its values that stand in the relation `candidates` too. -#}
{% macro identifiers_among(candidates) -%}
    {%- set selects = [] -%}
    {%- for table, column in registered_columns('identifier') -%}
        {%- set value = "lower(trim(" ~ column.name ~ "))" -%}
        {%- do selects.append(
            "select " ~ value ~ " as value from " ~ source(table.source_name, table.name)
            ~ " where " ~ value ~ " in (select value from " ~ candidates ~ ") and length(" ~ value ~ ") >= 2 group by all"
        ) -%}
    {%- endfor -%}
    {{ return(selects | join('\n    union\n    ')) }}
{%- endmacro %}

{#- [table, column] of every column that reaches raw and has a mark in the registry. -#}
{% macro registered_columns(mark) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.config.meta.key -%}
            {%- for column in loaded_columns(table) if column.config.meta[mark] -%}
                {%- do found.append([table, column]) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
