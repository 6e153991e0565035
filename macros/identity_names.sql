{#- Two spellings that may be one name: equal, one begins the other (an initial, a double name), or a letter or two apart. -#}
{% macro near_names(one, other) -%}
    ({{ one }} = {{ other }} or {{ one }} like {{ other }} || '%' or {{ other }} like {{ one }} || '%'
    or levenshtein({{ one }}, {{ other }}) <= case when least(length({{ one }}), length({{ other }})) > 4 then 2 else 1 end)
{%- endmacro %}

{#- What of a profile may speak for one person: name, city and specialty, or (where that rule is on) name and city. -#}
{% macro name_claims(profiles) -%}
    select 'name_city_specialty' as rule, formal || '|' || family || '|' || city || '|' || specialty as claim, {{ profiles }}.*
    from {{ profiles }}
    where length(given) > 1 and city is not null and specialty is not null
    union all
    select 'name_city', formal || '|' || family || '|' || city, {{ profiles }}.*
    from {{ profiles }}
    where length(given) > 1 and city is not null
{%- endmacro %}
