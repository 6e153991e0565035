with

webinars as (
    select
        *,
        coalesce(ended_at, {{ dbt.dateadd('minute', 'cast(floor(duration_minutes) as integer)', 'started_at') }}) as closed_at
    from {{ ref('stg_zoom__webinars') }}
),

participants as (
    select * from {{ ref('stg_zoom__participants') }}
),

registrants as (
    select webinar_uuid, email, min(registrant_id) as registrant_id
    from {{ ref('stg_zoom__registrants') }}
    where email is not null
    group by webinar_uuid, email
),

staff as (
    select email from {{ ref('stg_veeva_crm__users') }} where email is not null group by email
),

-- Who came: the registrant, else the address, else this join alone (WEB-03, WEB-13). Hosts, colleagues and the waiting
-- room are no audience (WEB-04).
joins as (
    select
        participants.webinar_uuid,
        case
            when coalesce(participants.registrant_id, registrants.registrant_id) is not null then 'zoom_registrant'
            else 'zoom_guest'
        end as id_type,
        coalesce(participants.registrant_id, registrants.registrant_id, participants.email) as id_value,
        greatest(participants.joined_at, webinars.started_at) as present_from_at,
        least(
            coalesce(
                participants.left_at,
                {{ dbt.dateadd('second', 'cast(participants.duration_seconds as integer)', 'participants.joined_at') }},
                participants.joined_at
            ),
            webinars.closed_at
        ) as present_to_at,
        webinars.started_at,
        webinars.closed_at,
        webinars.topic,
        webinars.host_email,
        participants.record_id,
        participants.delivery,
        participants.row_number,
        participants.first_delivered_at
    from participants
    inner join webinars on participants.webinar_uuid = webinars.webinar_uuid
    left join registrants
        on participants.webinar_uuid = registrants.webinar_uuid and participants.email = registrants.email
    left join staff on participants.email = staff.email
    where
        not coalesce(participants.is_internal, false)
        and coalesce(participants.status, 'in_meeting') <> 'in_waiting_room'
        and staff.email is null
        and coalesce(participants.email <> webinars.host_email, true)
),

-- Overlapping joins of one person count once (WEB-02, WEB-16): each adds what it shows beyond the joins before it.
final as (
    select
        *,
        coalesce(id_type || '|' || id_value, record_id) as attendee_ref,
        greatest(present_from_at, max(present_to_at) over (
            partition by webinar_uuid, coalesce(id_type || '|' || id_value, record_id)
            order by present_from_at, present_to_at, record_id
            rows between unbounded preceding and 1 preceding
        )) as counted_from_at
    from joins
    where present_from_at < present_to_at
)

select * from final
