with

opens as (
    select * from {{ ref('int_emails__events') }} where event_type = 'opened'
),

clicks as (
    select
        source_system, send_record_id, clicked_at, coalesce(user_agent, '') as user_agent,
        min(click_class) as click_class -- human before machine before unknown
    from {{ ref('int_emails__click_verdicts') }}
    group by 1, 2, 3, 4
),

-- Where a feed carries neither flag nor agent, only timing speaks, and it speaks of machines alone.
ruled as (
    select
        opens.*,
        clicks.click_class,
        case
            -- The package writes an open for a click that had none before it: no evidence of its own (EML-03, EML-55).
            when clicks.clicked_at is not null then 'synthetic_open'
            when opens.vendor_flag is not null then 'R1'
            when opens.user_agent = 'Mozilla/5.0' then 'R2'
            when lower(opens.user_agent) like '%googleimageproxy%' then 'R3'
            when opens.occurred_at < {{ dbt.dateadd('second', var('machine_click_seconds'), 'opens.arrived_at') }} then 'R5'
            when opens.source_system = 'veeva_crm'
                and opens.occurred_at < cast('{{ var("veeva_bot_flag_since") }}' as timestamp) then 'EML-04'
            else 'R7'
        end as rule_id
    from opens
    left join clicks
        on opens.source_system = clicks.source_system
        and opens.source_system = 'veeva_crm'
        and opens.send_record_id = clicks.send_record_id
        and opens.occurred_at = clicks.clicked_at
        and coalesce(opens.user_agent, '') = clicks.user_agent
),

final as (
    select
        source_system, send_record_id, occurred_at as opened_at,
        case
            when rule_id = 'synthetic_open' then click_class
            when rule_id = 'R5' then 'machine'
            -- A proxy fetches for people and machines alike (EML-50).
            when rule_id = 'R1' and lower(vendor_flag) not in ('apple', 'gmail') then 'machine'
            when rule_id = 'R7' and user_agent is not null then 'human'
            else 'unknown'
        end as open_class,
        rule_id
    from ruled
)

select * from final
