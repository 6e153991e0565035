{#-
  The free-text scan's view of a cell: without accents, markup and line ends, so that a pattern needs to know one spelling.
  Of JSON the values alone: names of members (`contactus`) and instants are the vendor's words.
-#}
{% macro safety_text(cell, is_json) -%}
    {{ return(adapter.dispatch('safety_text', 'rapport')(cell, is_json)) }}
{%- endmacro %}

{% macro duckdb__safety_text(cell, is_json) -%}
    {%- set names = '"(?:[^"\\\\]|\\\\.)*"\\s*:|\\\\[nrt]|\\b\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(Z|[+-][\\d:]+)?' -%}
    replace(replace(strip_accents(regexp_replace(
        replace(case when {{ is_json }} then regexp_replace({{ cell }}, '{{ names }}', ' ', 'g') else {{ cell }} end, '’', ''''),
        '(<[^<>]*>|&nbsp;|\s)+', ' ', 'g'
    )), 'ß', 'ss'), 'œ', 'oe')
{%- endmacro %}

{#- True where a text matches the patterns of an item. The connection holds them, put together from the seeds (orchestration/dbt_plugin.py). -#}
{% macro matches_safety(text, item) -%}
    {{ return(adapter.dispatch('matches_safety', 'rapport')(text, item)) }}
{%- endmacro %}

{% macro duckdb__matches_safety(text, item) -%}
    regexp_matches({{ text }}, getvariable('safety_{{ item | lower }}'))
{%- endmacro %}

{#- A text with every match of an item's patterns replaced. -#}
{% macro replace_safety(text, item, by) -%}
    {{ return(adapter.dispatch('replace_safety', 'rapport')(text, item, by)) }}
{%- endmacro %}

{% macro duckdb__replace_safety(text, item, by) -%}
    regexp_replace({{ text }}, getvariable('safety_{{ item }}'), '{{ by }}', 'g')
{%- endmacro %}
