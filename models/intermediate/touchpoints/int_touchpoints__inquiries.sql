with

-- Submitted and closed ones; the list mixes values with and without suffix (CRM-59).
inquiries as (
    select *, {{ local_date('created_at', feed_zone('veeva_crm', 'Medical_Inquiry_vod__c')) }} as created_on
    from {{ ref('stg_veeva_crm__medical_inquiries') }}
    where not coalesce(is_deleted, false) and status in ('Submitted_vod', 'Closed') and created_at is not null
),

accounts as (
    select account_id, is_person_account from {{ ref('stg_veeva_crm__accounts') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

final as (
    select
        inquiries.source_system,
        inquiries.source_object,
        inquiries.record_id as source_record_id,
        'veeva_crm|Medical_Inquiry_vod__c|' || inquiries.record_id as record_ref,
        inquiries.delivery,
        inquiries.row_number,
        inquiries.first_delivered_at,
        -- One request per form, however many questions it holds (CRM-57). It is an interaction of its own, whichever call it
        -- was raised in: never the outcome of that call (CRM-56), and no way round the circular link (CRM-58).
        'veeva_crm|Medical_Inquiry_vod__c|' || coalesce(inquiries.group_id, inquiries.medical_inquiry_id) as interaction_ref,
        'veeva_crm_account' as id_type,
        inquiries.account_id as id_value,
        'other' as channel, -- no field tells how it came; the delivery method is how the answer goes
        'medical_inquiry' as touchpoint_type,
        'pull' as direction,
        'medical' as purpose,
        inquiries.created_at as occurred_at,
        inquiries.created_on as business_on,
        'exact' as time_confidence,
        inquiries.owner_user_id as user_id,
        teams.team_function,
        teams.team,
        {{ null_texts(['product', 'topic', 'content_id', 'content_type', 'journey_id']) }},
        cast(null as bigint) as duration_seconds,
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        true as is_human_by_nature,
        false as has_machine_click,
        false as has_unknown_event,
        true as is_response_observable,
        coalesce(inquiries.fulfillment_status = 'Completed_vod', false) as is_two_way, -- asked and answered
        cast(null as {{ type_text() }}) as consent_channel, -- the HCP began it (ruling 34)
        {{ null_texts(['channel_value', 'scope_product_id', 'scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        true as is_response_to_request
    from inquiries
    left join accounts on inquiries.account_id = accounts.account_id
    left join teams on {{ is_member_of_teams('inquiries.owner_user_id', 'inquiries.created_on') }}
    where coalesce(accounts.is_person_account, true)
)

select * from final
