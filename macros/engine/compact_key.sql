{#-
  A record's key in 16 bytes, for comparing keys of a hundred million rows within one statement. Never stored, and no
  pseudonym: those are keyed_hash alone.
-#}
{% macro compact_key(expression) -%}
    {{ return(adapter.dispatch('compact_key', 'rapport')(expression)) }}
{%- endmacro %}

{% macro duckdb__compact_key(expression) -%}
    md5_number({{ expression }})
{%- endmacro %}
