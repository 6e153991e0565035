with

records as (
    select * from {{ ref('int_learners__records') }}
),

-- Of two NPIs in one report nobody knows which is the learner's: a refusal under either counts, a grant under none.
final as (
    select
        system, object, delivery, row_number, provider_id, id_type as learner_type, id_value as learner_value,
        'npi' as id_type, {{ split_rows('npis', ';') }} as id_value, npi is not null as may_grant
    from records
    where npis is not null
    union all
    select
        system, object, delivery, row_number, provider_id, id_type, id_value,
        'licence', {{ split_rows('upper(licences)', ';') }}, true
    from records
    where licences is not null
    union all
    select system, object, delivery, row_number, provider_id, id_type, id_value, 'lms_user', lms_user_id, true
    from records
    where lms_user_id is not null
    union all
    select system, object, delivery, row_number, provider_id, id_type, id_value, 'email', email, true
    from records
    where email is not null
)

select * from final
