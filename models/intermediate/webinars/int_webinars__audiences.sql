with

webinars as (
    select webinar_uuid from {{ ref('stg_zoom__webinars') }}
),

addresses as (
    select * from {{ ref('int_webinars__addresses') }}
),

reported as (
    select reports.webinar_uuid, lines.email
    from {{ ref('stg_zoom__report_attendees') }} as lines
    inner join {{ ref('int_webinars__reports') }} as reports on lines.report_id = reports.report_id
    where lines.role = 'audience' and lines.registration_status = 'approved' and lines.email is not null
),

-- Pending and denied people are not registered (WEB-14); one person of both shapes is one (WEB-12).
registrations as (
    select webinar_uuid, 'zoom_registrant|' || registrant_id as attendee_ref
    from {{ ref('stg_zoom__registrants') }}
    where status = 'approved'
    union
    select
        reported.webinar_uuid,
        coalesce('zoom_registrant|' || addresses.registrant_id, 'zoom_guest|' || reported.email)
    from reported
    left join addresses on reported.webinar_uuid = addresses.webinar_uuid and reported.email = addresses.email
),

people as (
    select webinar_uuid, attendee_ref, min(id_type) as id_type, min(id_value) as id_value
    from {{ ref('int_webinars__presence') }}
    group by webinar_uuid, attendee_ref
),

attendances as (
    select people.*, attendances.present_seconds, clusters.hcp_key
    from {{ ref('int_webinars__attendances') }} as attendances
    inner join people
        on attendances.webinar_uuid = people.webinar_uuid and attendances.attendee_ref = people.attendee_ref
    left join {{ ref('int_identity__clusters') }} as clusters
        on clusters.source_system = 'zoom' and people.id_type = clusters.id_type and people.id_value = clusters.id_value
),

registered as (
    select
        registrations.webinar_uuid,
        count(*) as registered_count,
        count(attendances.attendee_ref) as registered_attended_count
    from registrations
    left join attendances
        on registrations.webinar_uuid = attendances.webinar_uuid
        and registrations.attendee_ref = attendances.attendee_ref
    group by registrations.webinar_uuid
),

attended as (
    select
        webinar_uuid, count(*) as attended_count, sum(present_seconds) as present_seconds,
        sum(case when hcp_key is null then present_seconds else 0 end) as unmatched_seconds
    from attendances
    group by webinar_uuid
),

final as (
    select
        webinars.webinar_uuid,
        coalesce(registered.registered_count, 0) as registered_count,
        coalesce(attended.attended_count, 0) as attended_count,
        coalesce(registered.registered_count - registered.registered_attended_count, 0) as absent_count,
        cast(registered.registered_attended_count as double) / registered.registered_count as attendance_share,
        cast(attended.unmatched_seconds as double) / nullif(attended.present_seconds, 0) as unmatched_share
    from webinars
    left join registered on webinars.webinar_uuid = registered.webinar_uuid
    left join attended on webinars.webinar_uuid = attended.webinar_uuid
)

select * from final
