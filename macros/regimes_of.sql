{#-
  Of every row of `questions` (country_code, consent_channel, purpose, judged_on) the candidates among the regimes, ranked: most
  specific first by country, then channel, then purpose, of equals the stricter (ruling 35). An unknown country matches no row
  (ruling 18). Rank 1 rules; a question without any row needs an opt-in.
-#}
{% macro regimes_of(questions, keys) -%}
    select
        {{ questions }}.*, regimes.regime, regimes.version,
        row_number() over (
            partition by {% for key in keys %}{{ questions }}.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            order by
                case when regimes.country_code = '*' then 1 else 0 end,
                case when regimes.channel = 'any' and {{ questions }}.consent_channel <> 'any' then 1 else 0 end,
                case when regimes.purpose = 'any' then 1 else 0 end,
                case regimes.regime when 'prohibited' then 0 when 'opt_in_required' then 1 when 'opt_out' then 2 else 3 end
        ) as rank_of_regime
    from {{ questions }}
    left join {{ ref('consent_regimes') }} as regimes
        on ({{ questions }}.country_code = regimes.country_code or (regimes.country_code = '*' and {{ questions }}.country_code is not null))
        and regimes.channel in ({{ questions }}.consent_channel, 'any')
        and regimes.purpose in ({{ questions }}.purpose, 'any')
        and (regimes.valid_from_on is null or regimes.valid_from_on <= {{ questions }}.judged_on)
        and (regimes.valid_to_on is null or regimes.valid_to_on > {{ questions }}.judged_on)
{%- endmacro %}
