{#-
  The pseudonym of a text: HMAC-SHA-256 under the key of this home, hex, first 32 characters; null for null.
  The key never enters SQL: the connection holds the two padded keys of HMAC as variables (orchestration/pseudonyms.py).
-#}
{% macro keyed_hash(expression) -%}
    {{ return(adapter.dispatch('keyed_hash', 'rapport')(expression)) }}
{%- endmacro %}

{% macro duckdb__keyed_hash(expression) -%}
    left(sha256(getvariable('pseudonym_outer') || unhex(sha256(getvariable('pseudonym_inner') || encode({{ expression }})))), 32)
{%- endmacro %}
