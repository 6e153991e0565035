with

listed as (
    select * from {{ ref('stg_reference__content') }}
),

products as (
    select * from {{ ref('int_products__names') }}
),

-- Deleted items stay: touches showed them.
catalogue as (
    select key_message_id as content_id, key_message_name as title, language, product_id
    from {{ ref('stg_veeva_crm__key_messages') }}
    union all
    select document_id, document_name, language, product_id from {{ ref('stg_veeva_crm__documents') }}
),

-- The operator's list comes first; what it lacks, the CRM's catalogue names.
items as (
    select
        coalesce(listed.content_id, catalogue.content_id) as content_id,
        coalesce(listed.title_code, catalogue.title) as title_code,
        listed.content_type, listed.topic, listed.specialty,
        coalesce(listed.language, catalogue.language) as language,
        coalesce(listed.product, catalogue.product_id) as product,
        listed.evidence_level, listed.approved_from_on, listed.approved_to_on, listed.variant, listed.format, listed.minutes,
        listed.setting, listed.has_disclosure, listed.is_priority, listed.theme
    from listed
    full join catalogue on listed.content_id = catalogue.content_id
),

final as (
    select
        items.content_id, items.title_code, items.content_type, items.topic, items.specialty, items.language,
        coalesce(products.product, items.product) as product,
        items.evidence_level, items.approved_from_on, items.approved_to_on, items.variant, items.format, items.minutes,
        items.setting, items.has_disclosure, items.is_priority, items.theme
    from items
    left join products on lower(trim(items.product)) = products.product_ref
)

select * from final
