{#- An address as it is compared: without surrounding blanks and case; plus-tags stay (contract section 5, CNS-09). -#}
{% macro normalised_email(column) -%}
    nullif(lower(trim({{ column }})), '')
{%- endmacro %}
