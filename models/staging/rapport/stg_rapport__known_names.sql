with

people as (
    {{ peoples_names() }}
),

final as (
    select given, family from people where length(given || ' ' || family) >= 8
)

select * from final
