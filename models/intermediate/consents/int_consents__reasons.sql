with

questions as (
    select * from {{ ref('int_consents__questions') }}
),

regimes as (
    select * from {{ ref('int_consents__regimes') }}
),

channels as (
    select * from {{ ref('consent_channels') }}
),

answers as (
    select touchpoint_id, question, status, capture_reason, scope_type, scope_id, is_own, coalesce(is_echo, false) as is_echo
    from {{ ref('int_consents__answers') }}
    where not is_lifted
),

-- What the states say, over all ids of the person, and for the id under which the touch was made (ruling 38).
flags as (
    select
        touchpoint_id, question,
        bool_or(status = 'refused' and not is_echo) as is_refused,
        bool_or(status = 'blocked' and capture_reason = 'spam_mark' and not is_echo) as is_spam_marked,
        bool_or(status = 'blocked' and not is_echo) as is_blocked,
        bool_or(status = 'pending' and not is_echo) as is_pending,
        bool_or(status = 'granted' and scope_type <> 'product' and not is_echo) as is_granted,
        count(distinct case when status = 'granted' and scope_type = 'product' and not is_echo then scope_id end) as granted_products,
        bool_or(is_own and status in ('refused', 'blocked')) as is_own_refused,
        bool_or(is_own and status = 'granted' and scope_type <> 'product') as is_own_granted,
        count(distinct case when is_own and status = 'granted' and scope_type = 'product' then scope_id end)
            as own_granted_products
    from answers
    group by touchpoint_id, question
),

weighed as (
    select
        questions.*, regimes.regime, coalesce(flags.is_refused, false) as is_refused, coalesce(flags.is_spam_marked, false) as is_spam_marked,
        coalesce(flags.is_blocked, false) as is_blocked, coalesce(flags.is_pending, false) as is_pending,
        coalesce(flags.is_granted, false)
        or (questions.product_count > 0 and coalesce(flags.granted_products, 0) >= questions.product_count) as is_granted,
        not coalesce(flags.is_own_refused, false) and (
            regimes.regime = 'opt_out' or coalesce(flags.is_own_granted, false)
            or (questions.product_count > 0 and coalesce(flags.own_granted_products, 0) >= questions.product_count)
        ) as is_permitted_alone,
        coalesce(channels.has_contact_point, false) and questions.channel_value is null as lacks_channel_value
    from questions
    inner join regimes
        on questions.is_exempt = regimes.is_exempt
        and coalesce(questions.country_codes, '') = coalesce(regimes.country_codes, '')
        and coalesce(questions.consent_channel, '') = coalesce(regimes.consent_channel, '')
        and questions.purpose = regimes.purpose
        and cast(questions.judged_from_at as date) = regimes.judged_on
    left join channels on questions.consent_channel = channels.consent_channel
    left join flags on questions.touchpoint_id = flags.touchpoint_id and questions.question = flags.question
),

-- The first reason that applies counts: what needs no permission is not refused, whatever else was decided.
final as (
    select
        touchpoint_id, question, regime, judged_from_at, judged_until_at,
        case
            when regime = 'not_applicable' then 'not_applicable'
            when regime = 'prohibited' then 'regime_prohibited'
            when is_refused and is_permitted_alone then 'merge_conflict'
            when is_refused then 'own_will'
            when is_spam_marked then 'spam_mark'
            when is_blocked then 'bounce'
            when is_granted then 'granted'
            when regime = 'opt_out' then 'no_refusal'
            when consent_channel = 'any' and purpose <> 'education_share' then 'unknown_channel'
            when country_codes is null then 'unknown_country'
            when lacks_channel_value then 'no_channel_value'
            when is_pending then 'pending'
            else 'no_record'
        end as reason
    from weighed
)

select * from final
