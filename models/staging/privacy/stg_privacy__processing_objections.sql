with

objections as (
    select * from {{ accepted('privacy', 'processing_objections') }}
),

final as (
    select
        objection_id,
        id_type,
        trim(id_value) as id_value,
        purpose,
        {{ parse_timestamp('valid_from', feed_zone('privacy', 'processing_objections')) }} as valid_from_at,
        {{ parse_timestamp('valid_to', feed_zone('privacy', 'processing_objections')) }} as valid_to_at,
        {{ lineage('objection_id') }}
    from objections
)

select * from final
