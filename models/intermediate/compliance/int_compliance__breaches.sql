with

touches as (
    select * from {{ ref('fct_touchpoints') }}
),

verdicts as (
    select * from {{ ref('int_consents__verdicts') }}
),

sessions as (
    select * from {{ ref('int_compliance__sessions') }}
),

accredited as (
    select activity_id, min(first_delivered_at) as known_at
    from (
        select activity_id, first_delivered_at from {{ ref('stg_reference__accredited_activities') }}
        union all
        select activity_id, first_delivered_at from {{ ref('int_completions__pars') }}
    ) as activities
    group by activity_id
),

unpermitted as (
    select touches.touchpoint_id, touches.permission_reason as reason, verdicts.detected_at, verdicts.was_known_at_send
    from touches
    inner join verdicts on touches.touchpoint_id = verdicts.touchpoint_id
    where not touches.is_permitted
),

-- Marketing in the educational space (CMP-25). No feed names the place of a touch: who met us, in person or live over a screen, while
-- at a session or within its margin did so at that venue. A mail or a phone call is no visit there.
near_sessions as (
    select
        touches.touchpoint_id, 'near_accredited_session' as reason, greatest(touches.first_known_at, min(sessions.known_at)) as detected_at,
        true as was_known_at_send
    from touches
    inner join sessions
        on touches.hcp_key = sessions.hcp_key
        and touches.occurred_at <= sessions.closed_to_at
        and touches.occurred_at + interval '1' second * coalesce(touches.duration_seconds, 0) >= sessions.closed_from_at
    where touches.purpose = 'promotional' and touches.channel in ('face_to_face', 'event', 'video', 'webinar_live')
    group by touches.touchpoint_id, touches.first_known_at
),

-- An accredited activity shown as content of promotion (CMP-24).
of_activities as (
    select touches.touchpoint_id, 'accredited_activity' as reason, greatest(touches.first_known_at, accredited.known_at) as detected_at, true as was_known_at_send
    from touches
    inner join accredited on touches.content_id = accredited.activity_id
    where touches.purpose = 'promotional'
),

breaches as (
    select * from unpermitted
    union all
    select * from near_sessions
    union all
    select * from of_activities
),

-- That somebody was at a session, or that a content is accredited, sales may not know: such rows are of purpose education.
final as (
    select
        {{ keyed_hash("'violation|' || touches.touchpoint_id || '|' || rules.rule_id") }} as violation_id,
        touches.touchpoint_id, rules.rule_id,
        case when breaches.was_known_at_send then rules.severity else rules.severity_if_learned_later end as severity,
        touches.hcp_key, verdicts.country_code as country, touches.channel,
        case when rules.rule_id in ('CMP-24', 'CMP-25') then 'education' else touches.purpose end as purpose,
        breaches.reason, touches.occurred_at, breaches.detected_at,
        coalesce(touches.team, touches.team_function, 'unassigned') as owner_team, breaches.was_known_at_send
    from breaches
    inner join touches on breaches.touchpoint_id = touches.touchpoint_id
    inner join verdicts on breaches.touchpoint_id = verdicts.touchpoint_id
    inner join {{ ref('violation_rules') }} as rules on breaches.reason = rules.permission_reason
)

select * from final
