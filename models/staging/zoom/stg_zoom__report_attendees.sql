with

lines as (
    select * from {{ accepted('zoom', 'attendee_report') }}
),

npis as (
    select delivery, row_number, min(field_value) as npi
    from {{ ref('stg_zoom__form_answers') }}
    where object = 'attendee_report' and field = 'npi'
    group by delivery, row_number
),

final as (
    select
        concat_ws('|', lines.webinar_id, lines.start_time) as report_id,
        case lines.section when 'Host Details' then 'host' when 'Panelist Details' then 'panelist' else 'audience' end as role,
        {{ normalised_email('lines.email') }} as email,
        lines.first_name,
        lines.last_name,
        npis.npi,
        lower(lines.approval_status) as registration_status,
        coalesce({{ parse_boolean('lines.attended') }}, true) as is_attended, -- meeting reports list who came
        cast(floor({{ parse_decimal('lines.session_minutes', 12, 2) }} * 60) as bigint) as duration_seconds,
        {{ parse_us_timestamp('lines.registration_time', feed_zone('zoom', 'attendee_report')) }} as registered_at,
        {{ parse_us_timestamp('lines.join_time', feed_zone('zoom', 'attendee_report')) }} as joined_at,
        {{ parse_us_timestamp('lines.leave_time', feed_zone('zoom', 'attendee_report')) }} as left_at,
        {{ lineage("concat_ws('|', lines.webinar_id, lines.start_time, lines.section, coalesce(lines.email, ''), coalesce(lines.user_name, ''),"
            " coalesce(lines.join_time, ''), coalesce(lines.leave_time, ''), coalesce(lines.session_minutes, ''))") }}
    from lines
    left join npis on lines._delivery = npis.delivery and lines._row = npis.row_number
)

select * from final
