with

attendees as (
    select * from {{ ref('int_calls__attendees') }}
),

messages as (
    select *, coalesce(key_message_id, key_message_name, presentation_id) as message
    from {{ ref('stg_veeva_crm__call_key_messages') }}
    where not coalesce(is_deleted, false)
),

-- What was shown stands on the attendee's row or on the header; a copied child counts once (CRM-21).
own as (
    select attendees.call_id, messages.message, messages.reaction, messages.duration_seconds
    from attendees
    inner join messages on attendees.call_id = messages.call_id
),

shared as (
    select attendees.call_id, messages.message, messages.reaction, messages.duration_seconds
    from attendees
    inner join messages
        on attendees.header_call_id = messages.call_id
        and (messages.account_id is null or messages.account_id = attendees.account_id)
    where attendees.call_id not in (select call_id from own)
),

-- Three measures: a slide shown twice is two views of one message (CRM-31). A missing reaction is none of the three, not
-- neutral (CRM-33).
measured as (
    select
        call_id,
        count(*) as views,
        count(distinct message) as distinct_messages,
        sum(duration_seconds) as displayed_seconds,
        sum(case when reaction = 'Positive' then 1 else 0 end) as positive_reactions,
        sum(case when reaction = 'Neutral' then 1 else 0 end) as neutral_reactions,
        sum(case when reaction = 'Negative' then 1 else 0 end) as negative_reactions,
        sum(case when reaction is null then 1 else 0 end) as views_without_reaction
    from (select * from own union all select * from shared) as shown
    group by call_id
),

final as (
    select
        measured.call_id,
        attendees.account_id,
        measured.views,
        measured.distinct_messages,
        -- Rows that overlap cannot add up to more than the call (CRM-34).
        cast(least(measured.displayed_seconds, attendees.duration_minutes * 60) as bigint) as shown_seconds,
        coalesce(measured.displayed_seconds > attendees.duration_minutes * 60, false) as is_capped,
        measured.positive_reactions,
        measured.neutral_reactions,
        measured.negative_reactions,
        measured.views_without_reaction
    from measured
    inner join attendees on measured.call_id = attendees.call_id
)

select * from final
