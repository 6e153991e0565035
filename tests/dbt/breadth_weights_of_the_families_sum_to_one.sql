with

families as (
    select channel_family, max(breadth_weight) as breadth_weight, min(breadth_weight) as least
    from {{ ref('channel_families') }}
    group by channel_family
)

select sum(breadth_weight) as total
from families
having sum(breadth_weight) <> 1 or max(breadth_weight - least) <> 0
