with

subjects as (
    select subjects.*, channels.consent_channel
    from {{ ref('int_compliance__subjects') }} as subjects
    inner join {{ ref('channel_families') }} as channels on subjects.channel = channels.channel
),

-- The country of the person at the instant, as for a touch.
asked as (
    select
        subjects.hcp_key, subjects.channel, subjects.purpose, subjects.as_of_on, subjects.consent_channel, countries.country_codes,
        case when subjects.purpose = 'education' then 'education_share' else subjects.purpose end as consent_purpose
    from subjects
    left join {{ ref('int_hcps__countries') }} as countries
        on subjects.hcp_key = countries.person_key
        and (countries.valid_from_at is null or countries.valid_from_at <= cast(subjects.as_of_on as timestamp))
        and (countries.valid_to_at is null or countries.valid_to_at > cast(subjects.as_of_on as timestamp))
),

questions as (
    select country_codes, consent_channel, consent_purpose as purpose, as_of_on as judged_on
    from asked
    group by country_codes, consent_channel, consent_purpose, as_of_on
),

regimes as (
    {{ regimes_of('questions', ['country_codes', 'consent_channel', 'purpose', 'judged_on']) }}
),

states as (
    select * from {{ ref('int_compliance__states') }}
),

-- A block is about the address: it stops every purpose.
blocks as (
    select hcp_key, channel, as_of_on from states where is_blocked group by hcp_key, channel, as_of_on
),

-- In the order of the verdict (compliance.md 2.3) on a contact that names no product; what is refused or granted for some
-- product or list alone decides where the whole channel is open, and a refusal first.
final as (
    select
        asked.hcp_key, asked.channel, asked.purpose, asked.as_of_on, asked.country_codes, regimes.version as rule_version,
        case
            when asked.consent_channel is null or regimes.regime = 'not_applicable' then 'not_required'
            when regimes.regime = 'prohibited' or own.is_refused or of_all.is_refused then 'refused'
            when blocks.hcp_key is not null then 'blocked'
            when own.is_granted then 'granted'
            when own.is_refused_in_part or of_all.is_refused_in_part then 'refused'
            when own.is_granted_in_part then 'granted'
            when regimes.regime = 'opt_out' or asked.country_codes is null then 'unknown'
            when own.is_pending then 'pending'
            else 'unknown'
        end as effective_permission,
        own.oldest_grant_at, coalesce(own.grants_without_notice, 0) as grants_without_notice
    from asked
    inner join regimes
        on coalesce(asked.country_codes, '') = coalesce(regimes.country_codes, '')
        and coalesce(asked.consent_channel, '') = coalesce(regimes.consent_channel, '')
        and asked.consent_purpose = regimes.purpose
        and asked.as_of_on = regimes.judged_on
    left join states as own
        on asked.hcp_key = own.hcp_key and asked.consent_channel = own.channel and asked.consent_purpose = own.purpose
        and asked.as_of_on = own.as_of_on
    left join states as of_all
        on asked.hcp_key = of_all.hcp_key and of_all.channel = 'any' and asked.consent_purpose = of_all.purpose
        and asked.as_of_on = of_all.as_of_on
    left join blocks
        on asked.hcp_key = blocks.hcp_key and asked.consent_channel = blocks.channel and asked.as_of_on = blocks.as_of_on
)

select * from final
