with

breaches as (
    select * from {{ ref('int_compliance__breaches') }}
),

closures as (
    select * from {{ ref('int_consents__violation_closures') }}
),

-- A breach never blocks and never vanishes: it stands here with its age and owner, and ages until it is closed (rulings 43
-- and 55).
final as (
    select
        breaches.violation_id, breaches.rule_id, breaches.severity, breaches.touchpoint_id, breaches.hcp_key,
        breaches.country, breaches.channel, breaches.purpose, breaches.reason, breaches.occurred_at,
        breaches.detected_at,
        greatest({{ dbt.datediff('breaches.detected_at', 'coalesce(closures.closed_at, ' ~ as_of_at() ~ ')', 'day') }}, 0) as age_days,
        breaches.owner_team, breaches.was_known_at_send, closures.violation_id is null as is_open, closures.closed_at,
        closures.action_code
    from breaches
    left join closures on breaches.violation_id = closures.violation_id
)

select * from final
