with

preferences as (
    select * from {{ accepted('reference', 'preferences') }}
),

final as (
    select
        trim(source_system) as source_system,
        case when source_system = 'veeva_crm' then {{ salesforce_id('trim(source_hcp_id)') }} else trim(source_hcp_id) end as source_hcp_id,
        kind,
        trim(preferences.value) as preference,
        {{ parse_timestamp('stated_at', feed_zone('reference', 'preferences')) }} as stated_at,
        {{ parse_timestamp('ended_at', feed_zone('reference', 'preferences')) }} as ended_at,
        {{ lineage("concat_ws('|', source_system, source_hcp_id, kind, preferences.value, stated_at)") }}
    from preferences
)

select * from final
