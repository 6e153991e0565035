with

records as (
    select * from {{ ref('int_touchpoints__unioned') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

-- Identity arrives here, by one join. Who has no cluster is told apart by the id of the record, else by the record.
final as (
    select
        records.*,
        -- A record of Vault is of the same feed as its Salesforce twin.
        split_part(records.record_ref, '|', 1) || '|' || split_part(records.record_ref, '|', 2) as feed,
        clusters.person_key,
        clusters.hcp_key,
        coalesce(clusters.method, 'unresolved') as identity_method,
        coalesce(clusters.person_key, records.id_type || '|' || records.id_value, records.record_ref) as person_ref
    from records
    left join clusters
        on {{ identity_system('records.source_system') }} = clusters.source_system
        and records.id_type = clusters.id_type
        and records.id_value = clusters.id_value
)

select * from final
