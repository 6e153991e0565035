with

questions as (
    select
        is_exempt, country_code, consent_channel, purpose, cast(judged_from_at as date) as judged_on
    from {{ ref('int_consents__questions') }}
    group by is_exempt, country_code, consent_channel, purpose, cast(judged_from_at as date)
),

candidates as (
    {{ regimes_of('questions', ['is_exempt', 'country_code', 'consent_channel', 'purpose', 'judged_on']) }}
),

final as (
    select
        is_exempt, country_code, consent_channel, purpose, judged_on,
        case when is_exempt then 'not_applicable' else coalesce(regime, 'opt_in_required') end as regime
    from candidates
    where rank_of_regime = 1
)

select * from final
