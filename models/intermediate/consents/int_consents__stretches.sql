with

-- Scopes that only the verdict applies are not published.
states as (
    select *, case status when 'refused' then 0 when 'blocked' then 1 when 'granted' then 2 else 3 end as status_rank
    from {{ ref('int_consents__states') }}
    where place_id is null and not coalesce(is_echo, false)
),

moments as (
    select stretch_key, valid_from_at as changed_at from states
    union
    select stretch_key, valid_to_at from states where valid_to_at is not null
),

segments as (
    select stretch_key, changed_at as from_at, lead(changed_at) over (partition by stretch_key order by changed_at) as to_at
    from moments
),

-- The least permissive of the states in effect, of the merged ids that hold one (ruling 38).
effective as (
    select
        segments.from_at, segments.to_at, states.*,
        row_number() over (
            partition by segments.stretch_key, segments.from_at
            order by states.status_rank, states.valid_from_at, states.ledger_id, states.holder_id
        ) as place
    from segments
    inner join states
        on segments.stretch_key = states.stretch_key
        and states.valid_from_at <= segments.from_at
        and (states.valid_to_at is null or states.valid_to_at > segments.from_at)
),

-- Neighbouring segments that one decision rules are one stretch.
marked as (
    select
        *,
        case
            when lag(to_at) over (partition by stretch_key order by from_at) = from_at
                and lag(ledger_id) over (partition by stretch_key order by from_at) = ledger_id
                and lag(status) over (partition by stretch_key order by from_at) = status
                then 0
            else 1
        end as is_new
    from effective
    where place = 1
),

numbered as (
    select
        *,
        sum(is_new) over (partition by stretch_key order by from_at rows between unbounded preceding and current row) as stretch_number
    from marked
),

stretches as (
    select
        stretch_key, stretch_number, ledger_id, status, hcp_key, channel, contact_point, purpose, scope_type, scope_path as scope_id,
        capture_reason, evidence_version, captured_at, min(known_at) as known_at, min(from_at) as valid_from_at,
        case when count(*) = count(to_at) then max(to_at) end as valid_to_at
    from numbered
    group by
        stretch_key, stretch_number, ledger_id, status, hcp_key, channel, contact_point, purpose, scope_type, scope_path,
        capture_reason, evidence_version, captured_at
),

final as (
    select
        {{ keyed_hash("'consent|' || stretch_key || '|' || cast(valid_from_at as " ~ type_text() ~ ")") }} as consent_id,
        stretches.*
    from stretches
)

select * from final
