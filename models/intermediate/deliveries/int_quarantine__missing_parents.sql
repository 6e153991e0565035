with

-- An event that nobody can place (int_quarantine__unknown_events) is no parent yet.
parents as (
    select 'zoom' as system, webinar_uuid as parent_id from {{ ref('stg_zoom__webinars') }}
    union all
    select 'on24', event_id from {{ ref('stg_on24__events') }} where is_test is not null and content_type is not null
    union all
    -- The header of a call. One that was deleted took its attendees along (CRM-26): they do not wait for it.
    select 'veeva_crm', call_id from {{ ref('stg_veeva_crm__calls') }}
    union all
    select 'veeva_crm', call_id from {{ ref('stg_veeva_crm__deleted_calls') }}
    union all
    select 'veeva_crm', event_id from {{ ref('stg_veeva_crm__events') }}
    union all
    select 'veeva_crm', remote_meeting_id from {{ ref('stg_veeva_crm__remote_meetings') }}
),

children as (
    select 'zoom' as system, 'participants' as object, webinar_uuid as parent_id, delivery, row_number
    from {{ ref('stg_zoom__participants') }}
    union all
    select 'zoom', 'registrants', webinar_uuid, delivery, row_number from {{ ref('stg_zoom__registrants') }}
    union all
    select 'on24', 'registrant', event_id, delivery, row_number from {{ ref('stg_on24__registrants') }}
    union all
    select 'on24', 'attendee', event_id, delivery, row_number from {{ ref('stg_on24__attendees') }}
    union all
    select 'zoom', 'polls', webinar_uuid, delivery, row_number from {{ ref('stg_zoom__poll_answers') }}
    union all
    select 'zoom', 'qa', webinar_uuid, delivery, row_number from {{ ref('stg_zoom__questions') }}
    union all
    select 'zoom', 'attendee_report', reports.webinar_uuid, lines.delivery, lines.row_number
    from {{ ref('stg_zoom__report_attendees') }} as lines
    left join {{ ref('int_webinars__reports') }} as reports on lines.report_id = reports.report_id
    union all
    select source_system, source_object, parent_call_id, delivery, row_number
    from {{ ref('stg_veeva_crm__calls') }}
    where parent_call_id is not null
    union all
    select source_system, source_object, event_id, delivery, row_number from {{ ref('stg_veeva_crm__event_attendees') }}
    union all
    select source_system, source_object, event_id, delivery, row_number from {{ ref('stg_veeva_crm__event_speakers') }}
    union all
    select source_system, source_object, remote_meeting_id, delivery, row_number from {{ ref('stg_veeva_crm__remote_meeting_attendees') }}
),

final as (
    select
        children.system,
        children.object,
        children.delivery,
        children.row_number,
        'missing_parent' as reason_code,
        cast(null as {{ type_text() }}) as column_names
    from children
    left join parents on {{ identity_system('children.system') }} = parents.system and children.parent_id = parents.parent_id
    where parents.parent_id is null
)

select * from final
