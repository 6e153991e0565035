with

decisions as (
    select * from {{ accepted('privacy', 'steward_decisions') }}
),

final as (
    select
        decision,
        system_a,
        {{ salesforce_id('id_a') }} as id_a,
        system_b,
        {{ salesforce_id('id_b') }} as id_b,
        reason_code,
        {{ parse_timestamp('decided_at', feed_zone('privacy', 'steward_decisions')) }} as decided_at,
        {{ lineage("concat_ws('|', system_a, id_a, system_b, id_b, decided_at)") }}
    from decisions
)

select * from final
