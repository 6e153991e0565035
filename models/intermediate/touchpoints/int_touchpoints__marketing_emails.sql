with

sends as (
    select * from {{ ref('int_marketing_emails__sends') }}
),

bounces as (
    select * from {{ ref('stg_sfmc__bounces') }} where not coalesce(is_false_bounce, false) -- EML-35
),

responses as (
    select * from {{ ref('int_emails__responses') }} where source_system = 'sfmc'
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

returned as (
    select sends.record_id, max(bounces.occurred_at) as bounced_at
    from bounces
    inner join sends on {{ of_its_send('bounces', 'sends') }}
    group by sends.record_id
),

final as (
    select
        'sfmc' as source_system,
        'Sent' as source_object,
        sends.record_id as source_record_id,
        'sfmc|Sent|' || sends.record_id as record_ref,
        sends.delivery,
        sends.row_number,
        sends.first_delivered_at,
        'sfmc|Sent|' || sends.record_id as interaction_ref,
        'sfmc_subscriber' as id_type,
        sends.subscriber_id as id_value,
        'marketing_email' as channel,
        'email_send' as touchpoint_type,
        'push' as direction,
        case when sends.is_transactional then 'service' else 'promotional' end as purpose, -- EML-32
        sends.sent_at as occurred_at,
        {{ local_date('sends.sent_at', feed_zone('sfmc', 'Sent')) }} as business_on,
        'exact' as time_confidence, -- the zone is the vendor's documented one
        cast(null as {{ type_text() }}) as user_id,
        'marketing' as team_function,
        cast(null as {{ type_text() }}) as team,
        content.product,
        content.topic,
        sends.content_id,
        content.content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(null as bigint) as duration_seconds,
        -- Delivered is no event here: it is a send without a true bounce, once bounces have had three days to arrive. A
        -- click after a bounce proves a later delivery.
        case
            when responses.last_click_at > returned.bounced_at then true
            when returned.bounced_at is not null then false
            when {{ dbt.dateadd('hour', 72, 'sends.sent_at') }} <= {{ as_of_at() }} then true
        end as is_delivered,
        responses.human_response_at,
        false as is_human_by_nature,
        coalesce(responses.has_machine_click, false) as has_machine_click,
        coalesce(responses.has_unknown_event, false) as has_unknown_event,
        true as is_response_observable,
        false as is_two_way,
        'email' as consent_channel,
        sends.address as channel_value,
        {{ null_texts(['scope_product_id', 'scope_detail_group_id', 'scope_content_type_id']) }},
        sends.list_id as scope_list_id,
        false as is_response_to_request
    from sends
    left join responses on sends.record_id = responses.send_record_id
    left join returned on sends.record_id = returned.record_id
    left join content on sends.content_id = content.content_id
)

select * from final
