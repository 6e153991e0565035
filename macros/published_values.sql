{#-
  Columns marked `published` in the registry (names of products, topics, teams ...) may reach a release as they are. The gate
  would block the whole release for one cell in them that names a person; so that one bad row harms nobody else, such a row
  goes to quarantine first. The gate does not rely on it.
-#}

{#- A text as words in small letters, one blank between them. -#}
{% macro words(expression) -%}
    {%- set marks = '.,;:!?_/()[]&"|*#+<>=-' -%}
    trim(replace(replace(translate(lower({{ expression }}), '{{ marks }}', '{{ ' ' * marks | length }}'), '  ', ' '), '  ', ' '))
{%- endmacro %}

{#- One select per object: given and family name of everybody whom it names, as words. -#}
{% macro peoples_names() -%}
    {%- set selects = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.config.meta.key -%}
            {%- set parts = {} -%}
            {%- for column in loaded_columns(table) if column.config.meta.name_part -%}
                {%- do parts.update({column.config.meta.name_part: words(column.name)}) -%}
            {%- endfor -%}
            {%- if parts -%}
                {%- do selects.append(
                    'select ' ~ parts.given ~ ' as given, ' ~ parts.family ~ ' as family from ' ~ source(table.source_name, table.name)
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(selects | join('\n    union\n    ')) }}
{%- endmacro %}

{#- One select per object: distinct values of its published columns, of those that could be more than a name. -#}
{% macro published_values() -%}
    {{ return(_registered_values(
        'published', matches('value', '[0-9@:/\\r\\n]|www|patient') ~ ' or length(value) > 500'
    )) }}
{%- endmacro %}

{#- One select per object: distinct values of several words in its published columns, but names of companies. -#}
{% macro published_phrases() -%}
    {{ return(_registered_values('published', matches('value', '[^ ][- .,;:_/|&+]+[^ ]'), except='of_companies')) }}
{%- endmacro %}

{#- The values of all identifier columns that stand in the relation `candidates` too. -#}
{% macro identifiers_among(candidates) -%}
    {{ return(_registered_values('identifier', 'value in (select value from ' ~ candidates ~ ') and length(value) >= 2')) }}
{%- endmacro %}

{#- One select per object: the distinct values in lower case of its columns that have a mark in the registry. -#}
{% macro _registered_values(mark, condition, except=none) -%}
    {%- set selects = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.config.meta.key -%}
            {%- set columns = [] -%}
            {%- for column in loaded_columns(table) if column.config.meta[mark] and not column.config.meta[except] -%}
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
