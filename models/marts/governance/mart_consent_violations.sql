with

touches as (
    select * from {{ ref('fct_touchpoints') }} where not is_permitted
),

verdicts as (
    select * from {{ ref('int_consents__verdicts') }}
),

rules as (
    select * from {{ ref('violation_rules') }}
),

closures as (
    select * from {{ ref('int_consents__violation_closures') }}
),

registered as (
    select
        {{ keyed_hash("'violation|' || touches.touchpoint_id || '|' || rules.rule_id") }} as violation_id,
        rules.rule_id,
        case when verdicts.was_known_at_send then rules.severity else rules.severity_if_learned_later end as severity,
        touches.touchpoint_id,
        touches.hcp_key,
        verdicts.country_code as country,
        touches.channel,
        touches.purpose,
        touches.permission_reason as reason,
        touches.occurred_at,
        verdicts.detected_at,
        coalesce(touches.team, touches.team_function, 'unassigned') as owner_team,
        verdicts.was_known_at_send
    from touches
    inner join verdicts on touches.touchpoint_id = verdicts.touchpoint_id
    inner join rules on touches.permission_reason = rules.permission_reason
),

-- A breach never blocks and never vanishes: it stands here with its age and owner, and ages until it is closed (rulings 43
-- and 55).
final as (
    select
        registered.violation_id, registered.rule_id, registered.severity, registered.touchpoint_id, registered.hcp_key,
        registered.country, registered.channel, registered.purpose, registered.reason, registered.occurred_at,
        registered.detected_at,
        greatest({{ dbt.datediff('registered.detected_at', 'coalesce(closures.closed_at, ' ~ as_of_at() ~ ')', 'day') }}, 0) as age_days,
        registered.owner_team, registered.was_known_at_send, closures.violation_id is null as is_open, closures.closed_at,
        closures.action_code
    from registered
    left join closures on registered.violation_id = closures.violation_id
)

select * from final
