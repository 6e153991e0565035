with

records as (
    select * from {{ ref('int_touchpoints__unioned') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

-- Identity arrives here, by one join. Who has no cluster is told apart by the id of the record, else by the record.
resolved as (
    select
        records.*,
        clusters.person_key,
        clusters.hcp_key,
        coalesce(clusters.method, 'unresolved') as identity_method,
        coalesce(
            clusters.person_key,
            records.id_type || '|' || records.id_value,
            records.record_ref
        ) as person_ref
    from records
    left join clusters
        on {{ identity_system('records.source_system') }} = clusters.source_system
        and records.id_type = clusters.id_type
        and records.id_value = clusters.id_value
),

-- The record delivered first leads, so the touch keeps its key. Records of an interaction share a system: no rank decides.
led as (
    select
        *,
        first_value(record_ref) over (
            partition by interaction_ref, person_ref order by first_delivered_at nulls last, record_ref
        ) as leading_record_ref
    from resolved
),

final as (
    select
        {{ keyed_hash("'touchpoint|' || leading_record_ref") }} as touchpoint_id,
        {{ keyed_hash("'interaction|' || interaction_ref") }} as interaction_id,
        record_ref = leading_record_ref as is_leading,
        *
    from led
)

select * from final
