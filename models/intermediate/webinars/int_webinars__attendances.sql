with

presence as (
    select * from {{ ref('int_webinars__presence') }}
),

responses as (
    select * from {{ ref('int_webinars__responses') }}
),

-- A time from the API is exact; a report's counts only without one (WEB-07).
merged as (
    select
        webinar_uuid,
        attendee_ref,
        bool_or(is_exact) as is_exact,
        coalesce(min(case when is_exact then present_from_at end), min(present_from_at)) as occurred_at,
        sum(greatest({{ dbt.datediff('counted_from_at', 'present_to_at', 'second') }}, 0)) as present_seconds,
        min({{ dbt.datediff('started_at', 'closed_at', 'second') }}) as length_seconds
    from presence
    group by webinar_uuid, attendee_ref
),

final as (
    select
        merged.webinar_uuid,
        merged.attendee_ref,
        merged.occurred_at,
        case
            when merged.is_exact then {{ local_date('merged.occurred_at', feed_zone('zoom', 'participants')) }}
            else {{ local_date('merged.occurred_at', feed_zone('zoom', 'attendee_report')) }}
        end as business_on,
        case when merged.is_exact then 'exact' else 'assumed_zone' end as time_confidence,
        merged.present_seconds,
        responses.attendee_ref is not null as is_two_way,
        responses.attendee_ref is not null
        or {{ attended_half('merged.present_seconds', 'merged.length_seconds') }} as is_human
    from merged
    left join responses
        on merged.webinar_uuid = responses.webinar_uuid and merged.attendee_ref = responses.attendee_ref
)

select * from final
