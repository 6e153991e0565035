with

needs as (
    select * from {{ ref('int_feedback__needs') }}
),

dialogues as (
    select touchpoint_id, hcp_key, purpose, business_on, occurred_at
    from {{ ref('fct_touchpoints') }}
    where is_two_way and hcp_key is not null
),

-- The feed names no touch: a dialogue of that day is where the need was raised, and of several one that sales may not see,
-- then the last before (ruling 44).
ranked as (
    select
        needs.need_id, dialogues.touchpoint_id, dialogues.purpose,
        row_number() over (
            partition by needs.need_id
            order by
                case when dialogues.purpose in ('education', 'medical') then 0 else 1 end,
                dialogues.occurred_at desc nulls last, dialogues.touchpoint_id
        ) as place
    from needs
    inner join dialogues
        on needs.hcp_key = dialogues.hcp_key
        and cast(needs.raised_at as date) = dialogues.business_on
        and (dialogues.occurred_at is null or dialogues.occurred_at <= needs.raised_at)
),

final as (
    select
        needs.need_id, needs.source_system, needs.hcp_key, ranked.touchpoint_id, coalesce(ranked.purpose, 'promotional') as purpose,
        needs.topic, needs.raised_at, needs.closed_at, needs.action_code, needs.told_back_at
    from needs
    left join ranked on needs.need_id = ranked.need_id and ranked.place = 1
)

select * from final
