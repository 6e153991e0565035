with

questions as (
    select
        is_exempt, country_codes, consent_channel, purpose, cast(judged_from_at as date) as judged_on
    from {{ ref('int_consents__questions') }}
    group by is_exempt, country_codes, consent_channel, purpose, cast(judged_from_at as date)
),

regimes as (
    {{ regimes_of('questions', ['is_exempt', 'country_codes', 'consent_channel', 'purpose', 'judged_on']) }}
),

final as (
    select
        is_exempt, country_codes, consent_channel, purpose, judged_on,
        case when is_exempt then 'not_applicable' else regime end as regime
    from regimes
)

select * from final
