with

emails as (
    select * from {{ ref('stg_veeva_crm__sent_emails') }} where not coalesce(is_deleted, false)
),

group_parents as (
    select parent_email_id as sent_email_id from emails where parent_email_id is not null group by parent_email_id
),

-- Delivery comes from events, since every later event overwrites the status; any act on a mail proves that its domain
-- had accepted it (EML-05, EML-10).
outcomes as (
    select
        sent_email_id,
        min(case when event_type = 'delivered' then occurred_at end) as first_delivery_at,
        bool_or(event_type not in ('bounced', 'dropped')) as is_accepted
    from {{ ref('stg_veeva_crm__email_activities') }}
    where not coalesce(is_deleted, false)
    group by sent_email_id
),

final as (
    select
        emails.sent_email_id,
        emails.account_id,
        emails.address,
        emails.record_type,
        emails.owner_user_id, -- the sender; the mail's user field names a recipient (EML-11)
        emails.product_id,
        emails.detail_group_id,
        emails.content_type_id,
        emails.template_id,
        -- The sent date may be back-filled: the earlier of it and the first delivery is the instant (EML-12).
        coalesce(
            least(emails.sent_at, outcomes.first_delivery_at), emails.captured_at, emails.created_at
        ) as sent_at,
        case
            when outcomes.first_delivery_at < emails.sent_at or emails.sent_at is null and outcomes.first_delivery_at is not null
                then 'first_delivery'
            when emails.sent_at is not null then 'sent_date'
            when emails.captured_at is not null then 'capture'
            else 'creation'
        end as sent_at_source,
        outcomes.first_delivery_at,
        outcomes.is_accepted as is_delivered,
        emails.source_system,
        emails.source_object,
        emails.record_id,
        emails.delivery,
        emails.row_number,
        emails.first_delivered_at
    from emails
    left join outcomes on emails.sent_email_id = outcomes.sent_email_id
    left join group_parents on emails.sent_email_id = group_parents.sent_email_id
    where
        emails.account_id is not null -- without one: a stub of anonymous tracking, or a colleague (EML-01)
        and group_parents.sent_email_id is null -- EML-15
        and emails.status in ('Sent_vod', 'Delivered_vod', 'Bounced_vod', 'Unsubscribed_vod', 'Marked_Spam_vod') -- EML-09
)

select * from final
