with

acts as (
    select webinar_uuid, email, cast(null as {{ type_text() }}) as user_id, answered_at as acted_at
    from {{ ref('stg_zoom__poll_answers') }}
    where choice_count > 0
    union all
    select webinar_uuid, email, user_id, asked_at from {{ ref('stg_zoom__questions') }}
),

addresses as (
    select * from {{ ref('int_webinars__addresses') }}
),

user_ids as (
    select webinar_uuid, user_id, attendee_ref from {{ ref('int_webinars__joins') }} where user_id is not null
    union
    select webinar_uuid, participant_id, attendee_ref from {{ ref('int_webinars__joins') }} where participant_id is not null
),

-- Who acted, as presence names its people: by the address, else by the id of the join or account.
named as (
    select
        acts.webinar_uuid,
        acts.acted_at,
        case
            when addresses.registrant_id is not null then 'zoom_registrant|' || addresses.registrant_id
            when acts.email is not null then 'zoom_guest|' || acts.email
            else user_ids.attendee_ref
        end as attendee_ref
    from acts
    left join addresses on acts.webinar_uuid = addresses.webinar_uuid and acts.email = addresses.email
    left join user_ids
        on acts.webinar_uuid = user_ids.webinar_uuid and acts.user_id = user_ids.user_id and acts.email is null
),

final as (
    select webinar_uuid, attendee_ref, min(acted_at) as first_acted_at
    from named
    where attendee_ref is not null
    group by webinar_uuid, attendee_ref
)

select * from final
