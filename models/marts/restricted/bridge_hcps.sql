with

clusters as (
    select * from {{ ref('int_identity__clusters') }} where hcp_key is not null
),

tiers as (
    select tier, min(confidence) as confidence, {{ dbt.listagg('reason', "' or '", 'order by rule') }} as reason
    from {{ ref('identity_rules') }}
    group by tier
),

final as (
    select
        clusters.hcp_key, clusters.source_system, clusters.id_type, clusters.id_value, clusters.method,
        coalesce(tiers.confidence, 'high') as confidence,
        coalesce('the weakest link to the record that was delivered first: ' || tiers.reason, 'the record that was delivered first')
            as reason,
        clusters.joined_at as valid_from_at, clusters.is_anchor
    from clusters
    left join tiers on clusters.tier = tiers.tier
)

select * from final
