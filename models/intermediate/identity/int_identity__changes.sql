{{ config(pre_hook="{{ forget_resolution() }}") }}
with

states as (
    select * from {{ ref('int_identity__current_states') }}
),

{% if is_remembered() and not var('identity_probabilistic') -%}
-- As the last run that came to its end left them.
former_states as (
    select * from {{ remembered('int_identity__states') }}
),

differing as (
    select coalesce(states.node_id, former_states.node_id) as node_id, states.state
    from states
    full join former_states on states.node_id = former_states.node_id
    where coalesce(states.state <> former_states.state, true)
),

extent as (
    select
        coalesce(max(case when node_id = '*' then 1 end), 0) = 1
        or count(*) > {{ var('identity_part_max_share') }} * (select count(*) from states) as is_whole
    from differing
),

final as (
    select differing.node_id, differing.state from differing cross join extent where not extent.is_whole
    union all
    select null, null from extent where is_whole
)
{%- else -%}
-- The model weighs names by how rare they are among all.
final as (
    select cast(null as {{ type_text() }}) as node_id, max(state) as state from states where 1 = 0
)
{%- endif %}

select * from final
