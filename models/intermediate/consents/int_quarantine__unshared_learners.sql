with

reports as (
    select * from {{ ref('stg_cme_pars__learner_reports') }}
),

decisions as (
    select * from {{ ref('int_consents__decisions') }} where purpose = 'education_share'
),

-- The same person in the CRM: what was withdrawn under that id or address ends the sharing too (CMP-27); only the
-- learner's own ids prove a consent, since nothing may lead to a learner before it (CMP-22).
accounts as (
    select reports.delivery, reports.row_number, reports.provider_id, accounts.account_id, accounts.email
    from reports
    inner join {{ ref('stg_veeva_crm__accounts') }} as accounts on {{ valid_npi('reports.npi') }} = accounts.npi
),

learner_ids as (
    select delivery, row_number, provider_id, true as is_own, 'npi' as id_type, npi as id_value
    from reports
    where npi is not null
    union all
    select delivery, row_number, provider_id, true, 'licence', {{ split_rows('upper(licences)', ';') }}
    from reports
    where licences is not null
    union all
    select delivery, row_number, provider_id, false, 'veeva_crm_account', account_id from accounts
    union all
    select delivery, row_number, provider_id, false, 'email', email from accounts where email is not null
),

-- In force means on the whole of the as-of date (ruling 42): granted by its start, not withdrawn by its end.
states as (
    select
        learner_ids.delivery, learner_ids.row_number, learner_ids.is_own, learner_ids.id_type, learner_ids.id_value,
        max(case when decisions.decision = 'opt_in' and decisions.effective_at <= {{ as_of_at() }}
            then decisions.effective_at end) as granted_at,
        max(case when decisions.decision = 'opt_out' and decisions.effective_at < {{ as_of_at() }} + interval '1' day
            and (decisions.ended_at is null or decisions.ended_at > {{ as_of_at() }})
            then decisions.effective_at end) as withdrawn_at
    from learner_ids
    inner join decisions
        on learner_ids.id_type = decisions.id_type
        and learner_ids.id_value = decisions.id_value
        and (decisions.scope_type = 'global' or learner_ids.provider_id = decisions.scope_id)
    group by
        learner_ids.delivery, learner_ids.row_number, learner_ids.is_own, learner_ids.id_type, learner_ids.id_value
),

-- The least permissive of the ids counts.
sharing as (
    select delivery, row_number
    from states
    group by delivery, row_number
    having
        bool_and(coalesce(granted_at > withdrawn_at, withdrawn_at is null))
        and count(case when is_own then granted_at end) > 0
),

final as (
    select
        'cme_pars' as system, 'learner_report' as object, reports.delivery, reports.row_number,
        'no_share_consent' as reason_code, cast(null as {{ type_text() }}) as column_names
    from reports
    left join sharing on reports.delivery = sharing.delivery and reports.row_number = sharing.row_number
    where sharing.delivery is null
)

select * from final
