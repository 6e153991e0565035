with

pairs as (
    select * from {{ ref('int_identity__probable_pairs') }} where match_probability >= {{ var('identity_splink_threshold') }}
),

banded as (
    select
        case
            when match_probability >= 0.99 then 'model_99'
            when match_probability >= 0.95 then 'model_95'
            when match_probability >= 0.90 then 'model_90'
            else 'model_80'
        end as rule,
        'model|' || node_a || '|' || node_b as link_id, node_a, node_b
    from pairs
),

sides as (
    select rule, link_id, node_a as node_id from banded
    union all
    select rule, link_id, node_b from banded
),

final as (
    select sides.rule, sides.link_id, sides.node_id, profiles.profile_known_at as known_at
    from sides
    inner join {{ ref('int_identity__profiles') }} as profiles on sides.node_id = profiles.node_id
)

select * from final
