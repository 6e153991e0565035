with

records as (
    select * from {{ ref('int_learners__records') }}
),

decisions as (
    select * from {{ ref('int_consents__decisions') }} where purpose = 'education_share'
),

as_of_dates as (
    select cast(as_of_on as timestamp) as as_of_at from {{ ref('int_engagement__as_of_dates') }}
),

accounts as (
    select * from {{ ref('stg_veeva_crm__accounts') }}
),

-- The same person in the CRM: what was withdrawn under that id or address ends the sharing too (CMP-27); only the
-- learner's own ids prove a consent, since nothing may lead to a learner before it (CMP-22).
same_people as (
    select records.object, records.delivery, records.row_number, records.provider_id, accounts.account_id, accounts.npi, accounts.email
    from records
    inner join accounts on {{ valid_npi('records.npi') }} = accounts.npi
    union
    select records.object, records.delivery, records.row_number, records.provider_id, accounts.account_id, accounts.npi, accounts.email
    from records
    inner join accounts on records.email = accounts.email
),

learner_ids as (
    select object, delivery, row_number, provider_id, may_grant, id_type, id_value from {{ ref('int_learners__ids') }}
    union all
    select object, delivery, row_number, provider_id, false, 'veeva_crm_account', account_id from same_people
    union all
    select object, delivery, row_number, provider_id, false, 'npi', npi from same_people where npi is not null
    union all
    select object, delivery, row_number, provider_id, false, 'email', email from same_people where email is not null
),

-- In force means on the whole of an as-of date (ruling 42): granted by its start, not withdrawn by its end.
states as (
    select
        as_of_dates.as_of_at, learner_ids.object, learner_ids.delivery, learner_ids.row_number, learner_ids.may_grant,
        learner_ids.id_type, learner_ids.id_value,
        max(case when decisions.decision = 'opt_in' and decisions.effective_at <= as_of_dates.as_of_at
            then decisions.effective_at end) as granted_at,
        max(case when decisions.decision = 'opt_out' and decisions.effective_at < as_of_dates.as_of_at + interval '1' day
            and (decisions.ended_at is null or decisions.ended_at > as_of_dates.as_of_at)
            then decisions.effective_at end) as withdrawn_at
    from learner_ids
    inner join decisions
        on learner_ids.id_type = decisions.id_type
        and learner_ids.id_value = decisions.id_value
        and (decisions.scope_type = 'global' or learner_ids.provider_id = decisions.scope_id)
    cross join as_of_dates
    group by
        as_of_dates.as_of_at, learner_ids.object, learner_ids.delivery, learner_ids.row_number, learner_ids.may_grant,
        learner_ids.id_type, learner_ids.id_value
),

-- The least permissive of the ids counts.
final as (
    select as_of_at, object, delivery, row_number
    from states
    group by as_of_at, object, delivery, row_number
    having
        bool_and(coalesce(granted_at > withdrawn_at, withdrawn_at is null))
        and count(case when may_grant then granted_at end) > 0
)

select * from final
