with

responses as (
    select * from {{ accepted('feedback', 'responses') }}
),

final as (
    select
        response_id,
        trim(source_system) as source_system,
        case when source_system = 'veeva_crm' then {{ salesforce_id('trim(source_hcp_id)') }} else trim(source_hcp_id) end as source_hcp_id,
        case when source_system = 'veeva_crm' then {{ salesforce_id('trim(touchpoint_source_id)') }} else trim(touchpoint_source_id) end
            as touchpoint_record_id,
        question_code,
        {{ parse_decimal('rating', 18, 6) }} as rating,
        {{ parse_decimal('rating_max', 18, 6) }} as rating_max,
        {{ parse_timestamp('responded_at', feed_zone('feedback', 'responses')) }} as responded_at,
        {{ parse_timestamp('asked_at', feed_zone('feedback', 'responses')) }} as asked_at,
        item,
        status,
        {{ parse_timestamp('told_back_at', feed_zone('feedback', 'responses')) }} as told_back_at,
        {{ lineage('response_id') }}
    from responses
)

select * from final
