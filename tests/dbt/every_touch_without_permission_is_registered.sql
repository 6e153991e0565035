-- Conduct never blocks a release, but what is not registered does: register and facts agree both ways (ruling 43).
with

touches as (
    select touchpoint_id from {{ ref('fct_touchpoints') }} where not is_permitted
),

registered as (
    select touchpoint_id
    from {{ ref('mart_consent_violations') }}
    where rule_id not in ('CMP-24', 'CMP-25') -- what a permitted contact may break too
    group by touchpoint_id
),

final as (
    select touches.touchpoint_id as touch, registered.touchpoint_id as registration
    from touches
    full outer join registered on touches.touchpoint_id = registered.touchpoint_id
    where touches.touchpoint_id is null or registered.touchpoint_id is null
)

select * from final
