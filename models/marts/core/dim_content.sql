with

content as (
    select * from {{ ref('int_content__items') }}
),

content_types as (
    select * from {{ ref('content_types') }}
),

final as (
    select
        content.content_id,
        content.title_code,
        content.content_type,
        content.topic,
        content.specialty,
        content.language,
        content.product,
        content.evidence_level,
        content_types.is_value as is_value_content,
        content.approved_from_on as approved_from,
        content.approved_to_on as approved_to,
        content.variant,
        content.format,
        content.minutes,
        content.setting,
        content.has_disclosure,
        content.is_priority,
        content.theme
    from content
    left join content_types on content.content_type = content_types.content_type
)

select * from final
