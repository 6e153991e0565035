with

clicks as (
    select * from {{ ref('int_emails__click_verdicts') }}
),

-- Opens are no responses and have no part here (EML-58).
final as (
    select
        source_system,
        send_record_id,
        min(case when click_class = 'human' then clicked_at end) as human_response_at,
        bool_or(click_class = 'machine') as has_machine_click,
        bool_or(click_class = 'unknown') as has_unknown_event,
        max(clicked_at) as last_click_at,
        -- Many devices or countries on one mail: it was passed on, and adds nothing to the recipient (EML-13).
        count(distinct case when click_class <> 'machine' then nullif(reader, '') end) > 1 as has_several_readers
    from clicks
    group by source_system, send_record_id
)

select * from final
