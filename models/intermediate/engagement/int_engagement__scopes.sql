with

final as (
    select 'full' as eqs_scope
    union all
    select 'promotional' as eqs_scope
)

select * from final
