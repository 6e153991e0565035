with

final as (
    select child_ref, parent_ref, 'reference' as rule from {{ ref('int_interactions__references') }}
    union all
    select child_ref, parent_ref, 'overlap' from {{ ref('int_interactions__overlaps') }}
    union all
    select child_ref, parent_ref, 'meal' from {{ ref('int_interactions__meals') }}
)

select * from final
