with

consents as (
    select * from {{ accepted('privacy', 'cme_share_consents') }}
),

final as (
    select
        id_type,
        trim(id_value) as id_value,
        trim(provider) as provider,
        trim(recipient) as recipient,
        consent_text_version,
        {{ parse_timestamp('granted_at', feed_zone('privacy', 'cme_share_consents')) }} as granted_at,
        {{ parse_timestamp('withdrawn_at', feed_zone('privacy', 'cme_share_consents')) }} as withdrawn_at,
        {{ lineage("concat_ws('|', id_type, id_value, provider, recipient, granted_at)") }}
    from consents
)

select * from final
