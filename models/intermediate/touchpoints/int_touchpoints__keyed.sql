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
            records.source_object || '|' || records.source_record_id
        ) as person_ref
    from records
    left join clusters
        on records.source_system = clusters.source_system
        and records.id_type = clusters.id_type
        and records.id_value = clusters.id_value
),

-- The record delivered first leads, so the touch keeps its key. Records of an interaction share a system: no rank decides.
led as (
    select
        *,
        first_value(source_record_id) over (
            partition by interaction_ref, person_ref order by first_delivered_at nulls last, source_record_id
        ) as leading_record_id
    from resolved
),

final as (
    select
        {{ keyed_hash("'touchpoint|' || source_system || '|' || source_object || '|' || leading_record_id") }} as touchpoint_id,
        {{ keyed_hash("'interaction|' || interaction_ref") }} as interaction_id,
        source_record_id = leading_record_id as is_leading,
        *
    from led
)

select * from final
