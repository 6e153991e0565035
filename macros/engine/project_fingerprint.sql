{#-
  A text that changes with the SQL, seeds and settings of the project and with the engine's version. The connection holds it
  (orchestration/dbt_plugin.py): macros have no checksum that a model could read.
-#}
{% macro project_fingerprint() -%}
    {{ return(adapter.dispatch('project_fingerprint', 'rapport')()) }}
{%- endmacro %}

{% macro duckdb__project_fingerprint() -%}
    getvariable('project_fingerprint')
{%- endmacro %}
