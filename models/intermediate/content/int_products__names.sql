with

-- One spelling per product: the most recent, then the smallest (ruling 32).
products as (
    select
        product_id,
        first_value(trim(product_name)) over (
            partition by lower(trim(product_name)) order by modified_at desc nulls last, product_name
        ) as product
    from {{ ref('stg_veeva_crm__products') }}
    where product_name is not null
),

-- Feeds name a product by its id, or by its name in any case.
final as (
    select lower(product_id) as product_ref, product from products
    union
    select lower(product), product from products
)

select * from final
