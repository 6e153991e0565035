with

{%- if is_whole(ref('int_identity__changes')) %}

final as (
    select node_id, state from {{ ref('int_identity__current_states') }}
)
{%- else %}

final as (
    select node_id, state from {{ ref('int_identity__changes') }} where state is not null
)
{%- endif %}

select * from final
