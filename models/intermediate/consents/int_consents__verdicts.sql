with

touches as (
    select * from {{ ref('int_touchpoints__identified') }}
),

reasons as (
    select *, reason in ('not_applicable', 'granted', 'no_refusal') as is_permitted
    from {{ ref('int_consents__reasons') }}
),

answers as (
    select * from {{ ref('int_consents__answers') }} where not is_lifted and not coalesce(is_echo, false)
),

stretches as (
    select * from {{ ref('int_consents__stretches') }}
),

-- The state that decided; of several, the one known first (ruling 43).
deciding as (
    select
        answers.*,
        row_number() over (
            partition by answers.touchpoint_id, answers.question order by answers.known_at, answers.ledger_id, answers.holder_id
        ) as place,
        -- The vendor's own bookkeeping would say otherwise (CNS-01, CNS-42).
        bool_and(coalesce(answers.vendor_expires_on <= cast(reasons.judged_from_at as date), false)) over (
            partition by answers.touchpoint_id, answers.question
        ) and answers.status <> 'pending' as differs_from_vendor
    from reasons
    inner join answers
        on reasons.touchpoint_id = answers.touchpoint_id
        and reasons.question = answers.question
        and answers.status = case
            when reasons.reason in ('own_will', 'merge_conflict') then 'refused'
            when reasons.reason in ('bounce', 'spam_mark') then 'blocked'
            when reasons.reason in ('granted', 'pending') then reasons.reason
        end
        and (reasons.reason <> 'spam_mark' or answers.capture_reason = 'spam_mark')
),

contacts as (
    select
        reasons.*, deciding.known_at as deciding_known_at, deciding.loaded_at as deciding_loaded_at, stretches.consent_id,
        deciding.differs_from_vendor,
        case
            when reasons.is_permitted and reasons.reason = 'not_applicable' then 'not_required'
            when reasons.reason in ('granted', 'pending') then reasons.reason
            when reasons.reason in ('bounce', 'spam_mark') then 'blocked'
            when reasons.reason in ('own_will', 'merge_conflict', 'regime_prohibited') then 'refused'
            else 'unknown'
        end as consent_status
    from reasons
    left join deciding on reasons.touchpoint_id = deciding.touchpoint_id and deciding.question = 'contact' and deciding.place = 1
    left join stretches
        on deciding.stretch_key = stretches.stretch_key
        and greatest(deciding.valid_from_at, reasons.judged_from_at) >= stretches.valid_from_at
        and (stretches.valid_to_at is null or greatest(deciding.valid_from_at, reasons.judged_from_at) < stretches.valid_to_at)
    where reasons.question = 'contact'
),

final as (
    select
        touches.touchpoint_id, contacts.consent_status, contacts.regime as consent_regime, contacts.is_permitted,
        contacts.reason as permission_reason, contacts.consent_id,
        case
            when contacts.reason = 'granted' then 'consent'
            when contacts.reason = 'no_refusal' then 'legitimate_interest'
            when contacts.reason <> 'not_applicable' then 'none_stated'
            when touches.direction = 'pull' or touches.is_response_to_request
                or touches.touchpoint_type in ('webinar_attendance', 'event_attendance') then 'response_to_request'
            else 'contract'
        end as lawful_basis,
        coalesce(tracking.is_permitted, true) as is_tracking_permitted, touches.country_code,
        coalesce(contacts.differs_from_vendor, false) as differs_from_vendor,
        -- True where no row was needed (ruling 43).
        coalesce(
            contacts.deciding_known_at <= contacts.judged_until_at or contacts.reason = 'pending', true
        ) as was_known_at_send,
        touches.first_delivered_at as first_known_at,
        greatest(touches.first_delivered_at, coalesce(contacts.deciding_loaded_at, touches.first_delivered_at)) as detected_at
    from touches
    inner join contacts on touches.touchpoint_id = contacts.touchpoint_id
    left join reasons as tracking on touches.touchpoint_id = tracking.touchpoint_id and tracking.question = 'tracking'
)

select * from final
