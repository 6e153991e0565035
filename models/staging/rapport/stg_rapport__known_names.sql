with

people as (
    {{ peoples_names() }}
),

-- In either order: "Ada Example" and "Example, Ada".
orders as (
    select given || ' ' || family as full_name from people
    union
    select family || ' ' || given from people
),

final as (
    select full_name, split_part(full_name, ' ', 1) as first_word from orders where length(full_name) >= 8
)

select * from final
