with

violations as (
    select
        breaches.*, closures.closed_at,
        case breaches.severity when 'critical' then 3 when 'error' then 2 when 'warning' then 1 else 0 end as severity_rank
    from {{ ref('int_compliance__breaches') }} as breaches
    left join {{ ref('int_consents__violation_closures') }} as closures on breaches.violation_id = closures.violation_id
    where breaches.hcp_key is not null
),

as_of_dates as (
    select as_of_on, cast(as_of_on as timestamp) as as_of_at from {{ ref('int_engagement__as_of_dates') }}
),

open_violations as (
    select
        violations.*, as_of_dates.as_of_on,
        row_number() over (
            partition by violations.hcp_key, violations.channel, violations.purpose, as_of_dates.as_of_on
            order by violations.severity_rank desc, violations.detected_at, violations.violation_id
        ) as place
    from violations
    inner join as_of_dates
        on violations.detected_at < as_of_dates.as_of_at
        and (violations.closed_at is null or violations.closed_at >= as_of_dates.as_of_at)
),

final as (
    select
        hcp_key, channel, purpose, as_of_on, count(*) as open_count, min(detected_at) as oldest_at,
        max(case when place = 1 then severity end) as severity, max(case when place = 1 then owner_team end) as owner_team
    from open_violations
    group by hcp_key, channel, purpose, as_of_on
)

select * from final
