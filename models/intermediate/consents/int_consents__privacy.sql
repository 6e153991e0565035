with

objections as (
    select * from {{ ref('stg_privacy__processing_objections') }}
),

-- A consent to share education records names its recipient: one for another company permits nothing here (CMP-20).
share_consents as (
    select * from {{ ref('stg_privacy__cme_share_consents') }}
    where lower(trim(recipient)) = lower(trim('{{ var("operator") | replace("'", "''") }}'))
),

-- An objection to marketing is an own-will refusal of promotion on every channel, while it is in force (ruling 20).
objections_as_decisions as (
    select
        'processing_objections' as source_object, record_id, 'valid_from_at' as instant_column, '' as part, id_type, id_value,
        case purpose when 'marketing' then 'promotional' else purpose end as purpose, 'global' as scope_type,
        cast(null as {{ type_text() }}) as scope_id, 'opt_out' as decision, valid_from_at as captured_at,
        valid_to_at as ended_at, cast(null as {{ type_text() }}) as evidence_version, first_delivered_at
    from objections
),

share_consents_as_decisions as (
    select
        'cme_share_consents' as source_object, record_id, 'granted_at' as instant_column, '|granted' as part, id_type, id_value,
        'education_share' as purpose, 'list' as scope_type, provider as scope_id, 'opt_in' as decision,
        granted_at as captured_at, cast(null as timestamp) as ended_at, {{ keyed_hash('consent_text_version') }} as evidence_version,
        first_delivered_at
    from share_consents
    union all
    select
        'cme_share_consents', record_id, 'withdrawn_at', '|withdrawn', id_type, id_value, 'education_share', 'list', provider,
        'opt_out', withdrawn_at, null, {{ keyed_hash('consent_text_version') }}, first_delivered_at
    from share_consents
    where withdrawn_at is not null
),

decisions as (
    select * from objections_as_decisions
    union all
    select * from share_consents_as_decisions
),

final as (
    select
        'privacy' as source_system, source_object, record_id || part as source_record_id, record_id, instant_column, id_type,
        case id_type
            when 'email' then {{ normalised_email('id_value') }}
            when 'licence' then upper(id_value)
            when 'veeva_crm_account' then {{ salesforce_id('id_value') }}
            else id_value
        end as id_value,
        'any' as channel, cast(null as {{ type_text() }}) as channel_value, purpose, scope_type, scope_id,
        cast(null as {{ type_text() }}) as within_detail_group_id, cast(null as {{ type_text() }}) as within_content_type_id,
        cast(null as {{ type_text() }}) as place_id, decision, 'person' as capture_reason, captured_at,
        cast(null as timestamp) as confirmed_at, ended_at, evidence_version, cast(null as date) as vendor_expires_on,
        first_delivered_at as known_at, first_delivered_at as loaded_at
    from decisions
)

select * from final
