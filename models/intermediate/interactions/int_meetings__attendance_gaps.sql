with

records as (
    select * from {{ ref('int_touchpoints__resolved') }}
),

pointers as (
    select * from {{ ref('int_interactions__pointers') }}
),

-- Remote meetings whose attendance was reported at all, if only that of a colleague.
lists as (
    select 'veeva_crm|Remote_Meeting_vod__c|' || remote_meeting_id as meeting_ref
    from {{ ref('stg_veeva_crm__remote_meeting_attendees') }}
    where not is_deleted
    group by remote_meeting_id
),

seen as (
    select
        lists.meeting_ref,
        records.interaction_ref,
        records.person_ref,
        records.person_key,
        records.feed = 'veeva_crm|Call2_vod__c' as is_report
    from records
    left join pointers on records.interaction_ref = pointers.child_ref
    inner join lists
        on lists.meeting_ref in (records.interaction_ref, pointers.parent_ref)
    group by 1, 2, 3, 4, 5
),

compared as (
    select
        *,
        count(*) over (partition by meeting_ref, person_ref, is_report) = count(*) over (partition by meeting_ref, person_ref)
            as is_one_sided,
        bool_or(is_report) over (partition by meeting_ref) as has_report
    from seen
),

-- Of a meeting that no call reports, nobody is missing in a report.
final as (
    select
        meeting_ref,
        interaction_ref,
        person_ref,
        person_key,
        case when is_report then 'reported_only' else 'joined_only' end as kind
    from compared
    where is_one_sided and has_report
)

select * from final
