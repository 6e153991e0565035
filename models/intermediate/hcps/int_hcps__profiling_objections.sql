with

objections as (
    select
        *,
        case
            when id_type = 'email' then {{ normalised_email('id_value') }}
            when id_type = 'veeva_crm_account' then {{ salesforce_id('id_value') }}
            else trim(id_value)
        end as sought_value
    from {{ ref('stg_privacy__processing_objections') }}
    where purpose = 'profiling'
),

person_ids as (
    select * from {{ ref('int_identity__person_ids') }}
),

final as (
    select person_ids.person_key, objections.objection_id, objections.valid_from_at, objections.valid_to_at
    from objections
    inner join person_ids
        on objections.id_type = person_ids.id_type and objections.sought_value = person_ids.id_value
    group by 1, 2, 3, 4
)

select * from final
