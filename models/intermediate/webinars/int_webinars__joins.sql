with

reports as (
    select * from {{ ref('int_webinars__reports') }}
),

report_lines as (
    select lines.*, reports.webinar_uuid
    from {{ ref('stg_zoom__report_attendees') }} as lines
    inner join reports on lines.report_id = reports.report_id
),

addresses as (
    select * from {{ ref('int_webinars__addresses') }}
),

-- Hosts, panelists and colleagues are no audience (WEB-04).
crew as (
    select webinar_uuid, host_email as email from {{ ref('stg_zoom__webinars') }} where host_email is not null
    union
    select webinar_uuid, host_email from reports where host_email is not null
    union
    select webinar_uuid, email from report_lines where role <> 'audience' and email is not null
),

staff as (
    select email from {{ ref('int_users__addresses') }}
),

joins as (
    select
        'participants' as source_object, webinar_uuid, registrant_id, email, user_id, participant_id, joined_at, left_at,
        duration_seconds, record_id, delivery, row_number, first_delivered_at
    from {{ ref('stg_zoom__participants') }}
    where not coalesce(is_internal, false) and coalesce(status, 'in_meeting') <> 'in_waiting_room'
    union all
    select
        'attendee_report', webinar_uuid, null, email, null, null, joined_at, left_at,
        duration_seconds, record_id, delivery, row_number, first_delivered_at
    from report_lines
    where role = 'audience' and is_attended
),

-- Who came: the registrant, else the address, else this join alone (WEB-03, WEB-13).
named as (
    select
        joins.*,
        case when coalesce(joins.registrant_id, addresses.registrant_id) is not null then 'zoom_registrant' else 'zoom_guest' end as id_type,
        coalesce(joins.registrant_id, addresses.registrant_id, joins.email) as id_value
    from joins
    left join addresses on joins.webinar_uuid = addresses.webinar_uuid and joins.email = addresses.email
    left join crew on joins.webinar_uuid = crew.webinar_uuid and joins.email = crew.email
    left join staff on joins.email = staff.email
    where crew.email is null and staff.email is null
),

-- What a line without name or without times says, the joins of its occurrence or of its person say better.
final as (
    select
        *,
        coalesce(id_type || '|' || id_value, record_id) as attendee_ref,
        case
            when source_object = 'participants' then true
            when id_value is null then not bool_or(source_object = 'participants') over (partition by webinar_uuid)
            when joined_at is null
                then not bool_or(joined_at is not null) over (partition by webinar_uuid, id_type, id_value)
            else true
        end as is_counted
    from named
)

select * from final
