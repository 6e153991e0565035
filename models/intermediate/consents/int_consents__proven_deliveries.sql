with

mails as (
    select sent_email_id, address from {{ ref('stg_veeva_crm__sent_emails') }} where address is not null
),

rep_mail_events as (
    select sent_email_id, occurred_at
    from {{ ref('stg_veeva_crm__email_activities') }}
    where event_type in ('delivered', 'opened', 'clicked', 'viewed', 'downloaded') and not coalesce(is_deleted, false)
),

marketing_mail_events as (
    select job_id, subscriber_id, occurred_at from {{ ref('stg_sfmc__opens') }}
    union all
    select job_id, subscriber_id, occurred_at from {{ ref('stg_sfmc__clicks') }}
),

-- The first sign of life of each mail: a late look at an older mail does not prove that the address works again.
first_signs as (
    select mails.address, min(events.occurred_at) as delivered_at
    from mails
    inner join rep_mail_events as events on mails.sent_email_id = events.sent_email_id
    group by mails.address, mails.sent_email_id
    union all
    select versions.email, min(events.occurred_at)
    from marketing_mail_events as events
    inner join {{ ref('stg_sfmc__subscriber_versions') }} as versions
        on events.subscriber_id = versions.subscriber_id
        and (versions.is_first or versions.valid_from_at <= events.occurred_at)
        and (versions.valid_to_at is null or versions.valid_to_at > events.occurred_at)
    where versions.email is not null
    group by versions.email, events.job_id, events.subscriber_id
),

final as (
    select address, delivered_at
    from first_signs
    group by address, delivered_at
)

select * from final
