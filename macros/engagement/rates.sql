{#-
  The five columns of a smoothed rate: `_x` of `_n`, `_eb` = (alpha + x) / (alpha + beta + n), and the 95 % bounds of that
  posterior by Wilson's formula over its pseudo-counts, which always enclose `_eb`. `scale` 100 = "per hundred".
-#}
{% macro rate(name, x, n, alpha=none, beta=none, scale=1) -%}
    {%- set alpha = alpha if alpha is not none else var('eqs_prior_alpha_default') -%}
    {%- set beta = beta if beta is not none else var('eqs_prior_beta_default') -%}
    {{ x }} as {{ name }}_x,
    {{ n }} as {{ name }}_n,
    {%- set hits = '(' ~ alpha ~ ' + ' ~ x ~ ')' -%}
    {%- set size = '(' ~ alpha ~ ' + ' ~ beta ~ ' + greatest(' ~ n ~ ', ' ~ x ~ '))' %}
    round({{ scale }} * cast({{ hits }} as double) / {{ size }}, 6) as {{ name }}_eb,
    {{ wilson_bound(hits, size, '-', scale) }} as {{ name }}_lo95,
    {{ wilson_bound(hits, size, '+', scale) }} as {{ name }}_hi95
{%- endmacro %}

{% macro wilson_bound(hits, size, side, scale) -%}
    {%- set z = 1.959964 -%}
    round({{ scale }} * (
        cast({{ hits }} as double) + {{ z * z / 2 }} {{ side }} {{ z }} * sqrt(
            cast({{ hits }} as double) * ({{ size }} - {{ hits }}) / {{ size }} + {{ z * z / 4 }}
        )
    ) / ({{ size }} + {{ z * z }}), 6)
{%- endmacro %}

{#- The same five columns, null: no feed tells. -#}
{% macro unknown_rate(name) -%}
    cast(null as bigint) as {{ name }}_x,
    cast(null as bigint) as {{ name }}_n,
    cast(null as double) as {{ name }}_eb,
    cast(null as double) as {{ name }}_lo95,
    cast(null as double) as {{ name }}_hi95
{%- endmacro %}
