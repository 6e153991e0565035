with

details as (
    select
        call_id,
        product_id,
        row_number() over (partition by call_id order by detail_priority nulls last, product_id) as position
    from {{ ref('stg_veeva_crm__call_details') }}
    where not coalesce(is_deleted, false) and product_id is not null
),

messages as (
    select
        call_id,
        coalesce(key_message_id, presentation_id) as content_id,
        product_id,
        row_number() over (partition by call_id order by started_at nulls last, key_message_row_id) as position
    from {{ ref('stg_veeva_crm__call_key_messages') }}
    where not coalesce(is_deleted, false) and coalesce(key_message_id, presentation_id) is not null
),

sessions as (
    select
        call_id, product_id,
        row_number() over (partition by call_id order by started_at nulls last, activity_id) as position
    from {{ ref('stg_veeva_crm__multichannel_activities') }}
    where not coalesce(is_deleted, false) and call_id is not null and product_id is not null
),

-- Each kind of child is brought to one row per call before they meet (CRM-20).
final as (
    select
        coalesce(details.call_id, messages.call_id, sessions.call_id) as call_id,
        coalesce(details.product_id, messages.product_id, sessions.product_id) as product_id,
        messages.content_id
    from (select * from details where position = 1) as details
    full join (select * from messages where position = 1) as messages on details.call_id = messages.call_id
    full join (select * from sessions where position = 1) as sessions
        on coalesce(details.call_id, messages.call_id) = sessions.call_id
)

select * from final
