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
        {{ lineage('content_id') }}
    from content
)

select * from final
