{#-
  True for a user agent of a crawler that a maintained list knows. The connection holds the list as one regular expression
  (orchestration/dbt_plugin.py): it changes with its package, not with this project.
-#}
{% macro is_known_crawler(user_agent) -%}
    {{ return(adapter.dispatch('is_known_crawler', 'rapport')(user_agent)) }}
{%- endmacro %}

{% macro duckdb__is_known_crawler(user_agent) -%}
    regexp_matches({{ user_agent }}, getvariable('known_crawlers'))
{%- endmacro %}
