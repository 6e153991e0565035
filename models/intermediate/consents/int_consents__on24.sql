with

registrants as (
    select * from {{ ref('stg_on24__registrants') }}
),

events as (
    select event_id from {{ ref('stg_on24__events') }} where not is_test
),

-- A ticked box proves nothing unless somebody knows what stood beside it (WEB-34).
forms as (
    select * from {{ ref('on24_consent_forms') }}
),

final as (
    select
        'on24' as source_system, 'registrant' as source_object, registrants.record_id as source_record_id,
        cast(null as {{ type_text() }}) as record_id, 'captured_at' as instant_column, 'on24_user' as id_type,
        registrants.event_user_id as id_value, 'email' as channel, registrants.email as channel_value,
        'promotional' as purpose, 'global' as scope_type, cast(null as {{ type_text() }}) as scope_id,
        cast(null as {{ type_text() }}) as within_detail_group_id, cast(null as {{ type_text() }}) as within_content_type_id,
        cast(null as {{ type_text() }}) as place_id,
        case when registrants.is_marketing_accepted then 'opt_in' else 'opt_out' end as decision, 'person' as capture_reason,
        registrants.registered_at as captured_at, cast(null as timestamp) as confirmed_at, cast(null as timestamp) as ended_at,
        {{ keyed_hash('forms.form_text') }} as evidence_version, cast(null as date) as vendor_expires_on,
        registrants.first_delivered_at as known_at, registrants.first_delivered_at as loaded_at
    from registrants
    inner join events on registrants.event_id = events.event_id
    inner join forms on registrants.event_id = forms.event_id
    where registrants.is_marketing_accepted is not null
        and registrants.email is not null
        and registrants.registered_at is not null
)

select * from final
