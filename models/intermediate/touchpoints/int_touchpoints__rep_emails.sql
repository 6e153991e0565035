with

sends as (
    select *, {{ local_date('sent_at', feed_zone('veeva_crm', 'Sent_Email_vod__c')) }} as business_on
    from {{ ref('int_rep_emails__sends') }}
),

responses as (
    select * from {{ ref('int_emails__responses') }} where source_system = 'veeva_crm'
),

record_types as (
    select * from {{ ref('email_record_types') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

final as (
    select
        sends.source_system,
        sends.source_object,
        sends.record_id as source_record_id,
        'veeva_crm|Sent_Email_vod__c|' || sends.record_id as record_ref,
        sends.delivery,
        sends.row_number,
        sends.first_delivered_at,
        'veeva_crm|Sent_Email_vod__c|' || sends.sent_email_id as interaction_ref,
        'veeva_crm_account' as id_type,
        sends.account_id as id_value,
        'rep_email' as channel,
        'email_send' as touchpoint_type,
        'push' as direction,
        coalesce(record_types.purpose, {{ purpose_of_teams() }}) as purpose,
        sends.sent_at as occurred_at,
        sends.business_on,
        'exact' as time_confidence,
        sends.owner_user_id as user_id,
        teams.team_function,
        teams.team,
        coalesce(sends.product_id, content.product) as product,
        content.topic,
        sends.template_id as content_id,
        content.content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(null as bigint) as duration_seconds,
        sends.is_delivered,
        responses.human_response_at,
        false as is_human_by_nature,
        coalesce(responses.has_machine_click, false) as has_machine_click,
        coalesce(responses.has_unknown_event, false) as has_unknown_event,
        coalesce(record_types.has_trackable_links, true) as is_response_observable,
        false as is_two_way,
        'email' as consent_channel,
        sends.address as channel_value,
        sends.product_id as scope_product_id,
        sends.detail_group_id as scope_detail_group_id,
        sends.content_type_id as scope_content_type_id,
        cast(null as {{ type_text() }}) as scope_list_id,
        coalesce(record_types.record_type = 'Medical_Inquiry_vod', false) as is_response_to_request
    from sends
    left join responses on sends.record_id = responses.send_record_id
    left join record_types on sends.record_type = record_types.record_type
    left join teams on {{ is_member_of_teams('sends.owner_user_id', 'sends.business_on') }}
    left join content on sends.template_id = content.content_id
)

select * from final
