with

channel_families as (
    select * from {{ ref('channel_families') }}
),

depths as (
    select * from {{ ref('touchpoint_depth') }}
),

final as (
    select
        channel_families.channel,
        channel_families.channel_family,
        channel_families.is_live,
        channel_families.is_secure,
        channel_families.is_modern,
        channel_families.breadth_weight,
        depths.depth
    from channel_families
    left join depths on channel_families.channel_family = depths.family
)

select * from final
