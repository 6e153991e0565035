with

-- At an event that a human attended by nature, the person was in the room and not on a platform.
records as (
    select * from {{ ref('int_touchpoints__resolved') }}
    where
        person_key is not null and occurred_at is not null
        and (channel in ('video', 'webinar_live') or (channel = 'event' and not is_human_by_nature))
),

-- Lists of attendees carry no times: the meeting's length stands in.
lengths as (
    select
        'veeva_crm|Remote_Meeting_vod__c|' || remote_meeting_id as ref,
        coalesce(started_at + interval '1' second * cast(60 * engagement_minutes as integer), scheduled_to_at) as ended_at
    from {{ ref('stg_veeva_crm__remote_meetings') }}
    union all
    select 'veeva_crm|EM_Event_vod__c|' || event_id, ended_at from {{ ref('stg_veeva_crm__events') }}
),

final as (
    select
        records.interaction_ref,
        records.feed like 'veeva_crm|%' as is_crm,
        records.feed = 'veeva_crm|Call2_vod__c' as is_call,
        records.person_key,
        min(records.occurred_at) as from_at,
        coalesce(
            max(records.occurred_at + interval '1' second * records.duration_seconds),
            max(greatest(lengths.ended_at, records.occurred_at)),
            max(records.occurred_at)
        ) as to_at
    from records
    left join lengths on records.interaction_ref = lengths.ref
    group by 1, 2, 3, 4
)

select * from final
