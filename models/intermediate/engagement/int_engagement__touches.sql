with

-- A touch known by its date alone counts from 00:00 UTC of that day.
touchpoints as (
    select *, coalesce(occurred_at, cast(business_on as timestamp)) as touched_at
    from {{ ref('fct_touchpoints') }}
    where hcp_key is not null
),

timed as (
    select *, {{ days_later('touched_at', var('eqs_response_window_days')) }} as window_ends_at
    from touchpoints
),

-- A pull is a response by definition. A push is answered by an act inside its window; a later one tells latency only.
judged as (
    select
        *,
        direction = 'push' as is_push,
        direction = 'push' and is_response_observable and response_class <> 'unknown' as is_observable_push,
        case direction
            when 'pull' then true
            when 'push' then response_class = 'human'
                and (responded_at is null or (responded_at >= touched_at and responded_at < window_ends_at))
            else response_class = 'human'
        end as has_human_response
    from timed
),

scored as (
    select
        *,
        case when is_push then window_ends_at else touched_at end as visible_at,
        is_push and not has_human_response as is_unreciprocated,
        is_push and not is_permitted as is_unconsented_push,
        direction <> 'mutual' or has_human_response as is_counted,
        has_human_response and is_permitted as is_response,
        case when has_human_response and is_permitted then depth * relevance else 0 end as quality
    from judged
),

scopes as (
    select * from {{ ref('int_engagement__scopes') }}
),

-- CMP-26, CMP-34: what sales can read is computed from touches that sales may read.
final as (
    select
        touchpoint_id, eqs_scope, hcp_key, user_key, team, channel_family, touchpoint_type, purpose,
        is_push, is_observable_push, has_human_response, is_unreciprocated, is_unconsented_push, is_counted,
        is_response, is_two_way, coalesce(is_value_content, false) as is_value_content, depth, quality, duration_seconds,
        direction = 'pull' as is_pull, touched_at, visible_at, responded_at
    from scored
    inner join scopes on scopes.eqs_scope = 'full' or scored.purpose not in ('education', 'medical')
)

select * from final
