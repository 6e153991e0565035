{#-
  A number of 64 bits for what a row holds: rows of tables (by their alias) and expressions. To tell whether a row is what it was;
  no pseudonym, and another number in another version of the engine.
-#}
{% macro row_hash(expressions) -%}
    {{ return(adapter.dispatch('row_hash', 'rapport')(expressions)) }}
{%- endmacro %}

{% macro duckdb__row_hash(expressions) -%}
    hash({{ expressions | join(', ') }})
{%- endmacro %}
