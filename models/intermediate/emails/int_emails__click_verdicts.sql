with

clicks as (
    select *, occurred_at as clicked_at from {{ ref('int_emails__events') }} where event_type = 'clicked'
),

patterns as (
    select * from {{ ref('scanner_user_agents') }}
),

scanners as (
    select agents.user_agent
    from (select user_agent from clicks where user_agent is not null group by user_agent) as agents
    left join patterns on lower(agents.user_agent) like '%' || patterns.pattern || '%'
    where patterns.pattern is not null or {{ is_known_crawler('agents.user_agent') }}
    group by agents.user_agent
),

gaps as (
    select
        *,
        case
            when clicked_at <= {{ dbt.dateadd('second', 1, 'lag(clicked_at) over (partition by source_system, send_record_id order by clicked_at, link)') }}
                then 0
            else 1
        end as starts_burst
    from clicks
),

-- A burst: clicks of one recipient on one mail, each within a second of the one before (EML-52).
numbered as (
    select
        *,
        sum(starts_burst) over (
            partition by source_system, send_record_id order by clicked_at, link
            rows between unbounded preceding and current row
        ) as burst
    from gaps
),

bursts as (
    select source_system, send_record_id, burst, min(clicked_at) as started_at, count(distinct link) as links
    from numbered
    group by source_system, send_record_id, burst
),

-- Verdict per event: a scanner's burst does not take a later human click along (EML-53, EML-57).
ruled as (
    select
        numbered.*,
        case
            when numbered.vendor_flag is not null then 'R1'
            when scanners.user_agent is not null or lower(numbered.link) like '%unsubscribe%' then 'R6'
            when bursts.burst = 1
                and bursts.started_at < {{ dbt.dateadd('second', var('machine_click_seconds'), 'numbered.arrived_at') }} then 'R5'
            when bursts.links >= {{ var('machine_burst_links') }} then 'R4'
            -- Blank flags say nothing before the org's upgrade (EML-04).
            when numbered.source_system = 'veeva_crm'
                and numbered.clicked_at < cast('{{ var("veeva_bot_flag_since") }}' as timestamp) then 'EML-04'
            else 'R7'
        end as rule_id
    from numbered
    inner join bursts
        on numbered.source_system = bursts.source_system
        and numbered.send_record_id = bursts.send_record_id
        and numbered.burst = bursts.burst
    left join scanners on numbered.user_agent = scanners.user_agent
),

final as (
    select
        source_system, send_record_id, sent_at, clicked_at, link, user_agent, reader,
        case rule_id when 'R7' then 'human' when 'EML-04' then 'unknown' else 'machine' end as click_class,
        rule_id
    from ruled
)

select * from final
