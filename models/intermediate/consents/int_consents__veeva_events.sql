with

activities as (
    select * from {{ ref('stg_veeva_crm__email_activities') }} where not coalesce(is_deleted, false)
),

-- A stub row has no account: what happens on it is never joined to a person (EML-02).
mails as (
    select * from {{ ref('stg_veeva_crm__sent_emails') }} where account_id is not null
),

-- The id as captured: a merge moves the mail to the survivor, not what its loser decided (CNS-17).
owners as (
    select sent_email_id, account_id from {{ ref('stg_veeva_crm__sent_email_owners') }}
),

kinds as (
    select * from {{ ref('email_event_decisions') }}
),

touches as (
    select source_record_id, purpose from {{ ref('int_touchpoints__rep_emails') }}
),

-- One event can hold opt-ins and opt-outs: parts by `;;`, fields `name::id::OptIn` (EML-17, CNS-12).
preferences as (
    select activity_id, {{ split_rows('preference_modification', ';;') }} as part
    from activities
    where event_type = 'preferences_modified'
),

preference_parts as (
    select
        activity_id, part, {{ salesforce_id("nullif(trim(split_part(part, '::', 2)), '')") }} as choice_id,
        case lower(trim(split_part(part, '::', 3))) when 'optin' then 'opt_in' when 'optout' then 'opt_out' end as decision
    from preferences
),

-- A complaint and an unsubscribe of one instant are one decision (ruling 37).
complaints as (
    select distinct activities.sent_email_id, activities.occurred_at
    from activities
    inner join kinds on activities.event_type = kinds.event_type and kinds.capture_reason = 'spam_mark'
),

events as (
    select
        activities.activity_id as event_id, activities.activity_id, kinds.decision, kinds.capture_reason,
        kinds.is_global, false as is_preference, cast(null as {{ type_text() }}) as choice_id
    from activities
    inner join kinds on activities.event_type = kinds.event_type
    left join complaints
        on kinds.capture_reason = 'person'
        and activities.sent_email_id = complaints.sent_email_id
        and activities.occurred_at = complaints.occurred_at
    where complaints.sent_email_id is null
    union all
    select activity_id || '|' || part, activity_id, decision, 'person', choice_id is null, true, choice_id
    from preference_parts
    where decision is not null
),

scoped as (
    select
        events.event_id, events.decision, events.capture_reason, events.is_preference, activities.sent_email_id,
        -- A refusal of a medical mail is about medical mail; of any other, about promotion (ruling 23).
        case when touches.purpose = 'medical' then 'medical' else 'promotional' end as purpose,
        activities.occurred_at, activities.created_at, activities.first_delivered_at, owners.account_id, mails.address,
        case when not events.is_global then coalesce(events.choice_id, mails.product_id) end as scope_id,
        case
            when events.is_global or coalesce(events.choice_id, mails.product_id) is null then 'global'
            when events.choice_id = mails.content_type_id then 'content_type'
            when events.choice_id = mails.detail_group_id then 'detail_group'
            else 'product'
        end as scope_type
    from events
    inner join activities on events.activity_id = activities.activity_id
    inner join mails on activities.sent_email_id = mails.sent_email_id
    inner join owners on mails.sent_email_id = owners.sent_email_id
    left join touches on mails.sent_email_id = touches.source_record_id
),

final as (
    select
        event_id, sent_email_id, account_id, address, purpose, decision, capture_reason, is_preference, scope_type, scope_id,
        occurred_at, coalesce(created_at, first_delivered_at) as known_at, first_delivered_at as loaded_at
    from scoped
)

select * from final
