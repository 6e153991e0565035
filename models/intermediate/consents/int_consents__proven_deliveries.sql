with

mails as (
    select sent_email_id, address, sent_at from {{ ref('stg_veeva_crm__sent_emails') }} where address is not null
),

rep_mail_events as (
    select sent_email_id, event_type, occurred_at
    from {{ ref('stg_veeva_crm__email_activities') }}
    where event_type in ('delivered', 'opened', 'clicked', 'viewed', 'downloaded') and not coalesce(is_deleted, false)
),

marketing_mail_events as (
    select job_id, subscriber_id, occurred_at from {{ ref('stg_sfmc__opens') }}
    union all
    select job_id, subscriber_id, occurred_at from {{ ref('stg_sfmc__clicks') }}
),

sends as (
    select job_id, subscriber_id, occurred_at from {{ ref('stg_sfmc__sent') }}
),

marketing_signs as (
    select
        events.job_id, events.subscriber_id, events.occurred_at, coalesce(max(sends.occurred_at), events.occurred_at) as sent_at
    from marketing_mail_events as events
    left join sends
        on events.job_id = sends.job_id
        and events.subscriber_id = sends.subscriber_id
        and sends.occurred_at <= events.occurred_at
    group by events.job_id, events.subscriber_id, events.occurred_at
),

-- The first sign of life of each mail, and from when on it proves that the address works: a late look at a mail that had
-- been sent or had arrived before says nothing.
first_signs as (
    select
        mails.address, min(events.occurred_at) as delivered_at,
        coalesce(
            min(case when events.event_type = 'delivered' then events.occurred_at end),
            least(min(mails.sent_at), min(events.occurred_at))
        ) as proves_from_at
    from mails
    inner join rep_mail_events as events on mails.sent_email_id = events.sent_email_id
    group by mails.address, mails.sent_email_id
    union all
    select versions.email, min(signs.occurred_at), signs.sent_at
    from marketing_signs as signs
    inner join {{ ref('stg_sfmc__subscriber_versions') }} as versions
        on signs.subscriber_id = versions.subscriber_id
        and (versions.is_first or versions.valid_from_at <= signs.occurred_at)
        and (versions.valid_to_at is null or versions.valid_to_at > signs.occurred_at)
    where versions.email is not null
    group by versions.email, signs.job_id, signs.subscriber_id, signs.sent_at
),

final as (
    select address, proves_from_at, min(delivered_at) as delivered_at
    from first_signs
    group by address, proves_from_at
)

select * from final
