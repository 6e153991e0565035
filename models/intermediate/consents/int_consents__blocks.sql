with

holdings as (
    select * from {{ ref('int_consents__holdings') }}
),

blocks as (
    select * from holdings where capture_reason in ('bounce', 'spam_mark') and channel_value is not null
),

-- An own-will opt-in that names the address ends either block; a proven delivery ends a bounce (CNS-28, CNS-29).
ends as (
    select blocks.holding_id, opt_ins.effective_at as ended_at
    from blocks
    inner join holdings as opt_ins
        on blocks.holder_id = opt_ins.holder_id
        and blocks.channel = opt_ins.channel
        and blocks.channel_value = opt_ins.channel_value
        and blocks.effective_at < opt_ins.effective_at
        and opt_ins.decision = 'opt_in'
        and opt_ins.capture_reason in ('person', 'double_opt_in')
        and opt_ins.purpose <> 'tracking'
    union all
    select blocks.holding_id, deliveries.delivered_at
    from blocks
    inner join {{ ref('int_consents__proven_deliveries') }} as deliveries
        on blocks.channel_value = deliveries.address and blocks.effective_at < deliveries.proves_from_at
    where blocks.capture_reason = 'bounce' and blocks.channel = 'email'
),

first_ends as (
    select holding_id, min(ended_at) as ended_at from ends group by holding_id
),

final as (
    select blocks.holding_id, blocks.effective_at as valid_from_at, first_ends.ended_at as valid_to_at
    from blocks
    left join first_ends on blocks.holding_id = first_ends.holding_id
)

select * from final
