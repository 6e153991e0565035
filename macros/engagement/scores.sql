{#- Fractional days from one timestamp to another, to the second. -#}
{% macro days_between(from_at, to_at) -%}
    cast({{ dbt.datediff(from_at, to_at, 'second') }} as double) / 86400
{%- endmacro %}

{#- What an amount is worth at `to_at`, some half-lives after `from_at`: a factor 2 ^ (-(days between) / half-life). -#}
{% macro decay(from_at, to_at, half_life_days) -%}
    power(2, -({{ days_between(from_at, to_at) }}) / {{ half_life_days }})
{%- endmacro %}

{#-
  A decayed amount that adds up exactly, in whatever order and beside whichever other rows. Sums of doubles do not: their
  last bits would depend on who else is in the table, and a rounded score could move when somebody is erased.
-#}
{% macro addable(amount) -%} cast({{ amount }} as decimal(38, 24)) {%- endmacro %}

{% macro days_earlier(moment, days) -%} {{ moment }} - interval '{{ days }}' day {%- endmacro %}
{% macro days_later(moment, days) -%} {{ moment }} + interval '{{ days }}' day {%- endmacro %}
{% macro hours_later(moment, hours) -%} {{ moment }} + interval '{{ hours }}' hour {%- endmacro %}

{#- The variance of Beta(a, b). -#}
{% macro beta_variance(a, b) -%}
    {{ a }} * {{ b }} / (power({{ a }} + {{ b }}, 2) * ({{ a }} + {{ b }} + 1))
{%- endmacro %}
