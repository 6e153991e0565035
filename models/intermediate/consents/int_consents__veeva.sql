with

consent_rows as (
    select * from {{ ref('int_consents__veeva_rows') }}
),

events as (
    select * from {{ ref('int_consents__veeva_events') }}
),

-- The event and the consent row that it produced are one decision, captured at the earlier of the two instants (CNS-15).
-- Only what lies within a day belongs together: a second unsubscribe of the same mail is a decision of its own.
pairs as (
    select
        consent_rows.consent_row_id, events.event_id, events.occurred_at,
        row_number() over (
            partition by consent_rows.consent_row_id
            order by abs({{ dbt.datediff('consent_rows.captured_at', 'events.occurred_at', 'second') }}), events.event_id
        ) as nearness
    from consent_rows
    inner join events
        on consent_rows.sent_email_id = events.sent_email_id
        and consent_rows.decision = events.decision
        and consent_rows.capture_reason = events.capture_reason
        and (not events.is_preference or (
            consent_rows.scope_type = events.scope_type and coalesce(consent_rows.scope_id, '') = coalesce(events.scope_id, '')
        ))
        and events.occurred_at between consent_rows.captured_at - interval '1' day
        and consent_rows.captured_at + interval '1' day
),

merged_events as (
    select event_id from pairs where nearness = 1 group by event_id
),

rows_as_decisions as (
    select
        consent_rows.*,
        least(consent_rows.captured_at, coalesce(pairs.occurred_at, consent_rows.captured_at)) as decided_at
    from consent_rows
    left join pairs on consent_rows.consent_row_id = pairs.consent_row_id and pairs.nearness = 1
),

decisions as (
    select
        'Multichannel_Consent_vod__c' as source_object, consent_row_id as source_record_id, consent_row_id as record_id,
        account_id, channel, channel_value, purpose, scope_type, scope_id, within_detail_group_id, within_content_type_id,
        place_id, decision, capture_reason, decided_at as captured_at, confirmed_at, evidence_version, vendor_expires_on,
        known_at, loaded_at
    from rows_as_decisions
    union all
    -- Tracking is a purpose of its own, for that address in all mail systems (ruling 36, CNS-13).
    select
        'Multichannel_Consent_vod__c', consent_row_id || '|tracking', consent_row_id, account_id, channel, channel_value,
        'tracking', 'global', null, null, null, null,
        case
            when activity_tracking = 'Opt_Out_vod' then 'opt_out'
            when decision = 'opt_in_pending' then 'opt_in_pending'
            else 'opt_in'
        end,
        'person', decided_at, case when activity_tracking = 'Opt_In_vod' then confirmed_at end, evidence_version,
        vendor_expires_on, known_at, loaded_at
    from rows_as_decisions
    where activity_tracking in ('Opt_In_vod', 'Opt_Out_vod')
    union all
    select
        'Email_Activity_vod__c', events.event_id, null, events.account_id, 'email', events.address, events.purpose,
        events.scope_type, events.scope_id, null, null, null, events.decision, events.capture_reason, events.occurred_at,
        null, null, null, events.known_at, events.loaded_at
    from events
    left join merged_events on events.event_id = merged_events.event_id
    where merged_events.event_id is null
),

final as (
    select
        'veeva_crm' as source_system, source_object, source_record_id, record_id, 'captured_at' as instant_column,
        'veeva_crm_account' as id_type, account_id as id_value, channel, channel_value, purpose, scope_type, scope_id,
        within_detail_group_id, within_content_type_id, place_id, decision, capture_reason, captured_at, confirmed_at,
        cast(null as timestamp) as ended_at, evidence_version, vendor_expires_on, known_at, loaded_at
    from decisions
)

select * from final
