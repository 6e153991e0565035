with

-- Whatever a provider or a platform says of a learner: each row needs that learner's consent before it may be used.
pars as (
    select
        'cme_pars' as system, 'learner_report' as object, delivery, row_number, provider_id, 'cme_learner' as id_type,
        provider_id || '|' || learner_key as id_value, npi, npis, licences,
        cast(null as {{ type_text() }}) as lms_user_id, cast(null as {{ type_text() }}) as email
    from {{ ref('stg_cme_pars__learner_reports') }}
),

credits as (
    select
        'cme_lms' as system, 'credit' as object, delivery, row_number, provider_id, 'lms_user' as id_type,
        provider_id || '|' || lms_user_id as id_value, cast(null as {{ type_text() }}) as npi,
        cast(null as {{ type_text() }}) as npis, cast(null as {{ type_text() }}) as licences, lms_user_id, email
    from {{ ref('stg_cme_lms__credits') }}
),

statements as (
    select
        'cme_lms' as system, 'xapi' as object, delivery, row_number, provider_id, 'lms_user' as id_type,
        provider_id || '|' || lms_user_id as id_value, cast(null as {{ type_text() }}) as npi,
        cast(null as {{ type_text() }}) as npis, cast(null as {{ type_text() }}) as licences, lms_user_id, email
    from {{ ref('stg_cme_lms__statements') }}
),

final as (
    select * from pars
    union all
    select * from credits
    union all
    select * from statements
)

select * from final
