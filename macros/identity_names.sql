{#- Two spellings that may be one name: equal, one begins the other (an initial, a double name), or a letter or two apart. -#}
{% macro near_names(one, other) -%}
    ({{ one }} = {{ other }} or {{ one }} like {{ other }} || '%' or {{ other }} like {{ one }} || '%'
    or levenshtein({{ one }}, {{ other }}) <= case when least(length({{ one }}), length({{ other }})) > 4 then 2 else 1 end)
{%- endmacro %}
