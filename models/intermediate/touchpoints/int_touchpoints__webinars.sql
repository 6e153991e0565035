with

joins as (
    select * from {{ ref('int_webinars__presence') }}
),

attendances as (
    select * from {{ ref('int_webinars__attendances') }}
),

hosts as (
    select * from {{ ref('int_users__addresses') }}
),

teams as (
    select * from {{ ref('int_users__teams') }}
),

content as (
    select * from {{ ref('stg_reference__content') }}
),

titles as (
    select title_code, min(content_id) as content_id from content group by title_code
),

attended as (
    select
        joins.*,
        {{ all_except('attendances', ['webinar_uuid', 'attendee_ref']) }},
        hosts.user_id,
        titles.content_id
    from joins
    inner join attendances
        on joins.webinar_uuid = attendances.webinar_uuid and joins.attendee_ref = attendances.attendee_ref
    left join hosts on joins.host_email = hosts.email
    left join titles on joins.topic = titles.title_code
),

final as (
    select
        'zoom' as source_system, attended.source_object, attended.record_id as source_record_id,
        'zoom|' || attended.source_object || '|' || attended.record_id as record_ref,
        attended.delivery, attended.row_number, attended.first_delivered_at,
        'zoom|webinar|' || attended.webinar_uuid as interaction_ref, -- the occurrence, not the series (WEB-05)
        attended.id_type, attended.id_value,
        case when attended.is_meeting then 'video' else 'webinar_live' end as channel,
        case when attended.is_meeting then 'call' else 'webinar_attendance' end as touchpoint_type,
        'mutual' as direction,
        {{ purpose_of_teams() }} as purpose,
        attended.occurred_at, attended.business_on, attended.time_confidence,
        attended.user_id, teams.team_function, teams.team,
        content.product, content.topic, attended.content_id, content.content_type,
        cast(null as {{ type_text() }}) as journey_id,
        cast(attended.present_seconds as bigint) as duration_seconds,
        cast(null as boolean) as is_delivered,
        cast(null as timestamp) as human_response_at,
        attended.is_human as is_human_by_nature,
        false as has_machine_click, false as has_unknown_event,
        true as is_response_observable,
        attended.is_two_way,
        case when attended.is_meeting then 'remote' end as consent_channel,
        {{ null_texts(['channel_value', 'scope_product_id', 'scope_detail_group_id', 'scope_content_type_id', 'scope_list_id']) }},
        false as is_response_to_request
    from attended
    left join teams on {{ is_member_of_teams('attended.user_id', 'attended.business_on') }}
    left join content on attended.content_id = content.content_id
)

select * from final
