{#- The date that a UTC instant falls on in a zone (an IANA name). -#}
{% macro local_date(instant, zone) -%}
    {{ return(adapter.dispatch('local_date', 'rapport')(instant, zone)) }}
{%- endmacro %}

{% macro duckdb__local_date(instant, zone) -%}
    cast(({{ instant }} at time zone 'UTC') at time zone '{{ zone }}' as date)
{%- endmacro %}
