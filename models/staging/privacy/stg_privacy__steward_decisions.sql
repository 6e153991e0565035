with

decisions as (
    select * from {{ accepted('privacy', 'steward_decisions') }}
),

final as (
    select
        decision,
        system_a,
        case when system_a = 'veeva_crm' then {{ salesforce_id('id_a') }} else id_a end as id_a,
        system_b,
        case when system_b = 'veeva_crm' then {{ salesforce_id('id_b') }} else id_b end as id_b,
        reason_code,
        {{ parse_timestamp('decided_at', feed_zone('privacy', 'steward_decisions')) }} as decided_at,
        {{ lineage("concat_ws('|', system_a, id_a, system_b, id_b, decided_at)") }}
    from decisions
)

select * from final
