with

consents as (
    select 'Multichannel_Consent_vod__c' as source_object, {{ salesforce_id('Id') }} as record_id,
        'captured_at' as column_name, trim(Capture_Datetime_vod__c) as given
    from {{ accepted('veeva_crm', 'Multichannel_Consent_vod__c') }}
),

objections as (
    select objection_id, trim(valid_from) as valid_from, trim(valid_to) as valid_to
    from {{ accepted('privacy', 'processing_objections') }}
),

share_consents as (
    select
        concat_ws('|', id_type, id_value, provider, recipient, granted_at) as record_id,
        trim(granted_at) as granted_at, trim(withdrawn_at) as withdrawn_at
    from {{ accepted('privacy', 'cme_share_consents') }}
),

instants as (
    select source_object, record_id, column_name, given from consents
    union all
    select 'processing_objections', objection_id, 'valid_from_at', valid_from from objections
    union all
    select 'processing_objections', objection_id, 'valid_to_at', valid_to from objections
    union all
    select 'cme_share_consents', record_id, 'granted_at', granted_at from share_consents
    union all
    select 'cme_share_consents', record_id, 'withdrawn_at', withdrawn_at from share_consents
),

final as (
    select source_object, record_id, column_name, {{ parse_date('given') }} as day_on
    from instants
    where length(given) = 10
)

select * from final
