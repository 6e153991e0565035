with

products as (
    select * from {{ accepted('veeva_crm', 'Product_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as product_id,
        {{ salesforce_id('Parent_Product_vod__c') }} as parent_product_id,
        Name as product_name,
        Product_Type_vod__c as product_type,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('SystemModstamp') }} as modified_at,
        {{ lineage(salesforce_id('Id')) }}
    from products
)

select * from final
