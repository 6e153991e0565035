{#- Text at a dotted path of a JSON document, null where the path leads nowhere or the text is no JSON. -#}
{% macro json_text(column, path) -%}
    {{ return(adapter.dispatch('json_text', 'rapport')(column, path)) }}
{%- endmacro %}

{% macro duckdb__json_text(column, path) -%}
    json_extract_string(try_cast({{ column }} as json), '$.{{ path }}')
{%- endmacro %}

{#-
  A select-list item: one row per element of a JSON array, as JSON text; one row for a bare object (CME-08: a single
  entry arrives without its brackets), none for null.
-#}
{% macro json_elements(column) -%}
    {{ return(adapter.dispatch('json_elements', 'rapport')(column)) }}
{%- endmacro %}

{% macro duckdb__json_elements(column) -%}
    unnest(
        case json_type(try_cast({{ column }} as json))
            when 'ARRAY' then cast(json_extract(try_cast({{ column }} as json), '$[*]') as text[])
            when 'OBJECT' then [cast({{ column }} as text)]
        end
    )
{%- endmacro %}

{#- The JSON value at a dotted path, as JSON text. -#}
{% macro json_value(column, path) -%}
    {{ return(adapter.dispatch('json_value', 'rapport')(column, path)) }}
{%- endmacro %}

{% macro duckdb__json_value(column, path) -%}
    json_extract(try_cast({{ column }} as json), '$.{{ path }}')
{%- endmacro %}
