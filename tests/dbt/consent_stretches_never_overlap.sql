-- Stretches of one key follow each other: the next begins when or after the last has ended (contract section 5).
with

stretches as (
    select
        *,
        lead(valid_from_at) over (
            partition by hcp_key, consent_channel, address_key, purpose, scope_type, scope_id order by valid_from_at
        ) as next_from_at
    from {{ ref('fct_consents') }}
),

final as (
    select consent_id
    from stretches
    where valid_to_at <= valid_from_at or (next_from_at is not null and (valid_to_at is null or next_from_at < valid_to_at))
)

select * from final
