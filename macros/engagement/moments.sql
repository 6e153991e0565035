{#- Statistics from whole-number sums, which do not depend on the order of rows. Null where the rows do not tell. -#}

{#- Least-squares slope of y on x. -#}
{% macro slope(n, x, x_squared, y, xy) -%}
    (cast({{ n }} as double) * {{ xy }} - cast({{ x }} as double) * {{ y }})
    / nullif(cast({{ n }} as double) * {{ x_squared }} - cast({{ x }} as double) * {{ x }}, 0)
{%- endmacro %}

{#- Sample standard deviation over mean. -#}
{% macro coefficient_of_variation(n, x, x_squared) -%}
    sqrt(greatest(0, ({{ x_squared }} - cast({{ x }} as double) * {{ x }} / nullif({{ n }}, 0)) / nullif({{ n }} - 1, 0)))
    / nullif(cast({{ x }} as double) / nullif({{ n }}, 0), 0)
{%- endmacro %}
