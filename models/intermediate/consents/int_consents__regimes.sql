with

questions as (
    select
        is_exempt, country_code, consent_channel, purpose, cast(judged_from_at as date) as judged_on
    from {{ ref('int_consents__questions') }}
    group by is_exempt, country_code, consent_channel, purpose, cast(judged_from_at as date)
),

regimes as (
    select * from {{ ref('consent_regimes') }}
),

-- An unknown country matches no row (ruling 18). Most specific first; of equals the stricter (ruling 35).
candidates as (
    select
        questions.*, regimes.regime,
        row_number() over (
            partition by
                questions.is_exempt, questions.country_code, questions.consent_channel, questions.purpose, questions.judged_on
            order by
                case when regimes.country_code = '*' then 1 else 0 end,
                case when regimes.channel = 'any' and questions.consent_channel <> 'any' then 1 else 0 end,
                case when regimes.purpose = 'any' then 1 else 0 end,
                case regimes.regime when 'prohibited' then 0 when 'opt_in_required' then 1 when 'opt_out' then 2 else 3 end
        ) as rank_of_regime
    from questions
    left join regimes
        on (questions.country_code = regimes.country_code or (regimes.country_code = '*' and questions.country_code is not null))
        and regimes.channel in (questions.consent_channel, 'any')
        and regimes.purpose in (questions.purpose, 'any')
        and (regimes.valid_from_on is null or regimes.valid_from_on <= questions.judged_on)
        and (regimes.valid_to_on is null or regimes.valid_to_on > questions.judged_on)
),

final as (
    select
        is_exempt, country_code, consent_channel, purpose, judged_on,
        case when is_exempt then 'not_applicable' else coalesce(regime, 'opt_in_required') end as regime
    from candidates
    where rank_of_regime = 1
)

select * from final
