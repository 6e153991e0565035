with

content as (
    select * from {{ accepted('reference', 'content') }}
),

final as (
    select
        {{ salesforce_id('content_id') }} as content_id,
        title_code,
        content_type,
        topic,
        specialty,
        language,
        product,
        evidence_level,
        {{ parse_date('approved_from') }} as approved_from_on,
        {{ parse_date('approved_to') }} as approved_to_on,
        variant,
        format,
        {{ parse_decimal('minutes', 9, 2) }} as minutes,
        setting,
        {{ parse_boolean('disclosure_present') }} as has_disclosure,
        {{ parse_boolean('is_priority') }} as is_priority,
        theme,
        {{ lineage('content_id') }}
    from content
)

select * from final
