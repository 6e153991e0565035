with

touches as (
    select hcp_key, channel, purpose, min(touched_on) as first_on
    from {{ ref('int_compliance__touches') }}
    group by hcp_key, channel, purpose
),

-- A decision is about a channel of consent; it matters for each channel of contact that asks for it.
decisions as (
    select
        states.hcp_key, channels.channel,
        case when states.purpose = 'education_share' then 'education' else states.purpose end as purpose,
        min(cast(states.valid_from_at as date)) as first_on
    from {{ ref('int_consents__states') }} as states
    inner join {{ ref('channel_families') }} as channels on states.channel = channels.consent_channel
    where states.hcp_key is not null
        and (
            (states.purpose in ('promotional', 'medical', 'service') and channels.channel <> 'cme')
            or (states.purpose = 'education_share' and channels.channel = 'cme')
        )
    group by states.hcp_key, channels.channel, states.purpose
),

-- Rules on accredited education are registered under that purpose, whatever the touch was for.
violations as (
    select hcp_key, channel, purpose, min(cast(detected_at as date)) as first_on
    from {{ ref('int_compliance__breaches') }}
    where hcp_key is not null
    group by hcp_key, channel, purpose
),

subjects as (
    select hcp_key, channel, purpose, min(first_on) as first_on
    from (
        select * from touches
        union all
        select * from decisions
        union all
        select * from violations
    ) as unioned
    group by hcp_key, channel, purpose
),

final as (
    select subjects.hcp_key, subjects.channel, subjects.purpose, as_of_dates.as_of_on
    from subjects
    inner join {{ ref('int_engagement__as_of_dates') }} as as_of_dates on subjects.first_on < as_of_dates.as_of_on
)

select * from final
