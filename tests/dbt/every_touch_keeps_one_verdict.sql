-- No join of the verdict, of content or of people loses or doubles a touch; consent as a basis names its stretch (CNS-41).
with

identified as (
    select identified.touchpoint_id
    from {{ ref('int_touchpoints__identified') }} as identified
    left join {{ ref('int_consents__verdicts') }} as verdicts on identified.touchpoint_id = verdicts.touchpoint_id
    where identified.channel <> 'cme' or coalesce(verdicts.is_permitted, true)
),

facts as (
    select touchpoint_id, lawful_basis, consent_id from {{ ref('fct_touchpoints') }}
),

final as (
    select coalesce(identified.touchpoint_id, facts.touchpoint_id) as touchpoint_id
    from identified
    full outer join facts on identified.touchpoint_id = facts.touchpoint_id
    where
        identified.touchpoint_id is null
        or facts.touchpoint_id is null
        or (facts.lawful_basis = 'consent' and facts.consent_id is null)
)

select * from final
