with

stretches as (
    select * from {{ ref('int_consents__stretches') }}
),

final as (
    select
        consent_id,
        hcp_key,
        channel as consent_channel,
        {{ keyed_hash("'address|' || contact_point") }} as address_key,
        purpose,
        scope_type,
        scope_id,
        status,
        capture_reason,
        evidence_version,
        valid_from_at,
        valid_to_at,
        captured_at,
        known_at
    from stretches
)

select * from final
