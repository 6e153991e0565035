with

rep_sends as (
    select * from {{ ref('int_rep_emails__sends') }}
),

rep_events as (
    select * from {{ ref('stg_veeva_crm__email_activities') }}
    where event_type in ('clicked', 'opened') and not coalesce(is_deleted, false)
),

marketing_sends as (
    select * from {{ ref('int_marketing_emails__sends') }}
),

marketing_events as (
    select 'clicked' as event_type, job_id, list_id, batch_id, subscriber_id, occurred_at, link
    from {{ ref('stg_sfmc__clicks') }}
    union all
    select 'opened', job_id, list_id, batch_id, subscriber_id, occurred_at, null
    from {{ ref('stg_sfmc__opens') }}
),

-- One click per send, instant and link, however many fragment rows or link names tell of it (EML-14, EML-21).
final as (
    select
        'veeva_crm' as source_system,
        rep_sends.record_id as send_record_id,
        rep_events.event_type,
        rep_sends.sent_at,
        -- A scanner acts on delivery, which may come well after the send.
        coalesce(rep_sends.first_delivery_at, rep_sends.sent_at) as arrived_at,
        rep_events.occurred_at,
        coalesce(rep_events.link, '') as link,
        max(nullif(trim(rep_events.bot), '')) as vendor_flag,
        max(trim(rep_events.user_agent)) as user_agent,
        max(concat_ws('|', rep_events.device_type, rep_events.country)) as reader
    from rep_events
    inner join rep_sends on rep_events.sent_email_id = rep_sends.sent_email_id
    group by 1, 2, 3, 4, 5, 6, 7
    union all
    select
        'sfmc', marketing_sends.record_id, marketing_events.event_type, marketing_sends.sent_at, marketing_sends.sent_at,
        marketing_events.occurred_at, coalesce(marketing_events.link, ''),
        cast(null as {{ type_text() }}), cast(null as {{ type_text() }}), cast(null as {{ type_text() }})
    from marketing_events
    inner join marketing_sends on {{ of_its_send('marketing_events', 'marketing_sends') }}
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
