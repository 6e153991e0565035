with

unioned as (
    select * from {{ ref('int_consents__veeva') }}
    union all
    select * from {{ ref('int_consents__sfmc') }}
    union all
    select * from {{ ref('int_consents__on24') }}
    union all
    select * from {{ ref('int_consents__privacy') }}
),

date_only as (
    select * from {{ ref('stg_rapport__date_only_decisions') }}
),

-- A date without time: a refusal counts from the start of that day at UTC+14, a grant from its end at UTC-12 (ruling 39).
timed as (
    select
        unioned.*,
        case
            when starts.day_on is null then unioned.captured_at
            when unioned.decision = 'opt_out' then cast(starts.day_on as timestamp) - interval '14' hour
            else cast(starts.day_on as timestamp) + interval '36' hour
        end as captured_from_at,
        case
            when ends.day_on is null then unioned.ended_at
            else cast(ends.day_on as timestamp) + interval '12' hour
        end as refused_until_at
    from unioned
    left join date_only as starts
        on unioned.source_object = starts.source_object
        and unioned.record_id = starts.record_id
        and unioned.instant_column = starts.column_name
    left join date_only as ends
        on unioned.source_object = ends.source_object
        and unioned.record_id = ends.record_id
        and ends.column_name = 'valid_to_at'
),

final as (
    select
        concat_ws('|', source_system, source_object, source_record_id) as ledger_id, source_system, source_object, id_type,
        id_value, channel, channel_value, purpose, scope_type, scope_id, within_detail_group_id, within_content_type_id,
        place_id, decision, capture_reason, evidence_version, vendor_expires_on,
        source_object = 'processing_objections' as is_objection, captured_at, confirmed_at,
        case
            when decision = 'opt_in' then greatest(captured_from_at, coalesce(confirmed_at, captured_from_at))
            else captured_from_at
        end as effective_at,
        refused_until_at as ended_at, known_at, loaded_at
    from timed
)

select * from final
