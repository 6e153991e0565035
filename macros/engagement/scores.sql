{#- Fractional days from one timestamp to another, to the second. -#}
{% macro days_between(from_at, to_at) -%}
    cast({{ dbt.datediff(from_at, to_at, 'second') }} as double) / 86400
{%- endmacro %}

{#- The weight of an event at the time origin of the scaled sums: 2 ^ ((t - epoch) / half-life). -#}
{% macro weight_at_epoch(touched_at, half_life_days) -%}
    power(2, {{ days_between("cast('" ~ var('eqs_epoch') ~ "' as timestamp)", touched_at) }} / {{ half_life_days }})
{%- endmacro %}

{#- What takes a sum of weights at the time origin to the as-of instant: 2 ^ (-(T - epoch) / half-life). -#}
{% macro decay_from_epoch(measured_at, half_life_days) -%}
    power(2, -({{ days_between("cast('" ~ var('eqs_epoch') ~ "' as timestamp)", measured_at) }}) / {{ half_life_days }})
{%- endmacro %}

{% macro days_earlier(moment, days) -%} {{ moment }} - interval '{{ days }}' day {%- endmacro %}
{% macro days_later(moment, days) -%} {{ moment }} + interval '{{ days }}' day {%- endmacro %}
{% macro hours_later(moment, hours) -%} {{ moment }} + interval '{{ hours }}' hour {%- endmacro %}

{#- The variance of Beta(a, b). -#}
{% macro beta_variance(a, b) -%}
    {{ a }} * {{ b }} / (power({{ a }} + {{ b }}, 2) * ({{ a }} + {{ b }} + 1))
{%- endmacro %}
