with

lines as (
    select * from {{ accepted('zoom', 'attendee_report') }}
),

-- Every line carries the head of its report; lines of one head are one report, whichever file brought them.
final as (
    select
        concat_ws('|', webinar_id, start_time) as report_id,
        replace(replace(min(webinar_id), ' ', ''), '-', '') as webinar_id,
        min({{ normalised_email('host_email') }}) as host_email,
        min({{ parse_us_timestamp('start_time', feed_zone('zoom', 'attendee_report')) }}) as started_at
    from lines
    group by concat_ws('|', webinar_id, start_time)
)

select * from final
