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

{#-
  The tombstone of a text: the same under a secret of its own, which rotating the pseudonyms' key leaves alone; null where
  nobody was ever erased. What a text must look like is said in deliveries/tombstones.py.
-#}
{% macro tombstone(expression) -%}
    {{ return(adapter.dispatch('tombstone', 'rapport')(expression)) }}
{%- endmacro %}

{% macro duckdb__tombstone(expression) -%}
    sha256(cast(getvariable('tombstone_outer') as blob) || unhex(sha256(cast(getvariable('tombstone_inner') as blob) || encode({{ expression }}))))
{%- endmacro %}
