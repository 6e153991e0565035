{#-
  The regime of every row of `questions` (country_codes, consent_channel, purpose, judged_on; `keys` names one row): most specific
  first by country, then channel, then purpose, of equals the stricter (ruling 35). An unknown country matches no row (ruling 18);
  without any row an opt-in is needed. Of countries that may be the person's the stricter regime counts (rule 10).
-#}
{% macro regimes_of(questions, keys) -%}
    select *
    from (
        select
            *, row_number() over (partition by {{ keys | join(', ') }} order by leniency, country_code) as place
        from (
            select
                by_country.*, coalesce(regimes.regime, 'opt_in_required') as regime, regimes.version,
                case regimes.regime when 'prohibited' then 0 when 'opt_out' then 2 when 'not_applicable' then 3 else 1 end as leniency,
                row_number() over (
                    partition by {% for key in keys %}by_country.{{ key }}, {% endfor %}by_country.country_code
                    order by
                        case when regimes.country_code = '*' then 1 else 0 end,
                        case when regimes.channel = 'any' and by_country.consent_channel <> 'any' then 1 else 0 end,
                        case when regimes.purpose = 'any' then 1 else 0 end,
                        case regimes.regime when 'prohibited' then 0 when 'opt_in_required' then 1 when 'opt_out' then 2 else 3 end
                ) as rank_of_row
            from (
                select *, nullif({{ split_rows("coalesce(country_codes, '')", ';') }}, '') as country_code from {{ questions }}
            ) as by_country
            left join {{ ref('consent_regimes') }} as regimes
                on (by_country.country_code = regimes.country_code or (regimes.country_code = '*' and by_country.country_code is not null))
                and regimes.channel in (by_country.consent_channel, 'any')
                and regimes.purpose in (by_country.purpose, 'any')
                and (regimes.valid_from_on is null or regimes.valid_from_on <= by_country.judged_on)
                and (regimes.valid_to_on is null or regimes.valid_to_on > by_country.judged_on)
        ) as candidates
        where rank_of_row = 1
    ) as strictest
    where place = 1
{%- endmacro %}
