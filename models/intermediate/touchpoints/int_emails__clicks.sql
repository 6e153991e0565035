with

rep_sends as (
    select * from {{ ref('int_rep_emails__sends') }}
),

rep_clicks as (
    select * from {{ ref('stg_veeva_crm__email_activities') }}
    where event_type = 'clicked' and not coalesce(is_deleted, false)
),

marketing_sends as (
    select * from {{ ref('int_marketing_emails__sends') }}
),

marketing_clicks as (
    select * from {{ ref('stg_sfmc__clicks') }}
),

-- One click per send, instant and link, however many fragment rows or link names tell of it (EML-14, EML-21).
final as (
    select
        'veeva_crm' as source_system,
        rep_sends.record_id as send_record_id,
        rep_sends.sent_at,
        -- A scanner acts on delivery, which may come well after the send.
        coalesce(rep_sends.first_delivery_at, rep_sends.sent_at) as arrived_at,
        rep_clicks.occurred_at as clicked_at,
        coalesce(rep_clicks.link, '') as link,
        max(nullif(trim(rep_clicks.bot), '')) as vendor_flag,
        max(lower(rep_clicks.user_agent)) as user_agent
    from rep_clicks
    inner join rep_sends on rep_clicks.sent_email_id = rep_sends.sent_email_id
    group by 1, 2, 3, 4, 5, 6
    union all
    select
        'sfmc', marketing_sends.record_id, marketing_sends.sent_at, marketing_sends.sent_at,
        marketing_clicks.occurred_at, coalesce(marketing_clicks.link, ''),
        cast(null as {{ type_text() }}), cast(null as {{ type_text() }})
    from marketing_clicks
    inner join marketing_sends
        on marketing_clicks.job_id = marketing_sends.job_id
        and marketing_clicks.list_id = marketing_sends.list_id
        and marketing_clicks.batch_id = marketing_sends.batch_id
        and marketing_clicks.subscriber_id = marketing_sends.subscriber_id
        and (marketing_sends.events_from_at is null or marketing_clicks.occurred_at >= marketing_sends.events_from_at)
        and (marketing_sends.events_to_at is null or marketing_clicks.occurred_at < marketing_sends.events_to_at)
    group by 1, 2, 3, 4, 5, 6
)

select * from final
