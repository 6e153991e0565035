with

consents as (
    select * from {{ ref('stg_veeva_crm__consents') }} where not coalesce(is_deleted, false)
),

versions as (
    select * from {{ ref('stg_veeva_crm__consent_versions') }}
),

record_types as (
    select * from {{ ref('consent_record_types') }}
),

-- A merge moves Account_vod__c: the first delivered one is the id as captured (CNS-17). A row that was pending has
-- effect from its confirmation, or else from the delivery that first showed the opt-in (CNS-06).
histories as (
    select
        consent_row_id, account_id,
        row_number() over (partition by consent_row_id order by delivered_at, account_id nulls last) as version_number,
        bool_or(opt_type = 'Opt_In_Pending_vod') over (partition by consent_row_id) as was_pending,
        min(case when opt_type = 'Opt_In_vod' then delivered_at end) over (partition by consent_row_id) as opted_in_known_at
    from versions
),

final as (
    select
        consents.record_id, consents.consent_row_id, consents.sent_email_id, consents.activity_tracking,
        coalesce(histories.account_id, consents.account_id) as account_id,
        coalesce(record_types.consent_channel, 'unknown') as channel, consents.channel_value,
        case
            when lower(consents.consent_type) in ('medical', 'service', 'disclosure', 'profiling', 'tracking')
                then lower(consents.consent_type)
            else 'promotional'
        end as purpose,
        case
            when consents.product_id is not null then 'product'
            when consents.detail_group_id is not null then 'detail_group'
            when consents.content_type_id is not null then 'content_type'
            else 'global'
        end as scope_type,
        coalesce(consents.product_id, consents.detail_group_id, consents.content_type_id) as scope_id,
        case when consents.product_id is not null then consents.detail_group_id end as within_detail_group_id,
        case when coalesce(consents.product_id, consents.detail_group_id) is not null then consents.content_type_id end
            as within_content_type_id,
        nullif(concat_ws('|', consents.consent_line_id, consents.child_account_id), '') as place_id,
        case consents.opt_type when 'Opt_In_vod' then 'opt_in' when 'Opt_Out_vod' then 'opt_out' else 'opt_in_pending' end
            as decision,
        case
            -- A value of the operator's own (`picklists` in feeds.yml) for what was carried over from an older system.
            when lower(consents.event_type) in ('migration', 'migration__c') then 'migration'
            when consents.opt_type <> 'Opt_Out_vod' and consents.confirmed_at is not null then 'double_opt_in'
            when consents.opt_type <> 'Opt_Out_vod' then 'person'
            when consents.event_type = 'Bounced_vod' then 'bounce'
            when consents.event_type = 'Marked_Spam_vod' then 'spam_mark'
            else 'person'
        end as capture_reason,
        consents.captured_at,
        coalesce(consents.confirmed_at, case when histories.was_pending then histories.opted_in_known_at end) as confirmed_at,
        consents.evidence_text_hash as evidence_version, consents.expires_on as vendor_expires_on,
        coalesce(consents.created_at, consents.first_delivered_at) as known_at,
        consents.first_delivered_at as loaded_at
    from consents
    left join histories on consents.consent_row_id = histories.consent_row_id and histories.version_number = 1
    left join record_types on consents.record_type = record_types.record_type
)

select * from final
