with

needs as (
    select * from {{ accepted('feedback', 'needs') }}
),

final as (
    select
        need_id,
        trim(source_system) as source_system,
        case when source_system = 'veeva_crm' then {{ salesforce_id('trim(source_hcp_id)') }} else trim(source_hcp_id) end as source_hcp_id,
        topic,
        {{ parse_timestamp('raised_at', feed_zone('feedback', 'needs')) }} as raised_at,
        {{ parse_timestamp('closed_at', feed_zone('feedback', 'needs')) }} as closed_at,
        action_code,
        {{ parse_timestamp('told_back_at', feed_zone('feedback', 'needs')) }} as told_back_at,
        {{ lineage('need_id') }}
    from needs
)

select * from final
