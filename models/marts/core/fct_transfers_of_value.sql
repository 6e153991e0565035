with

payments as (
    select * from {{ ref('int_payments__classified') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
    where source_system = 'cms_open_payments' and id_type = 'open_payments_profile'
),

roots as (
    select * from {{ ref('int_interactions__roots') }}
),

-- Every reported line, of any company and with or without a recipient's profile. The record's number is public beside a
-- name: only its pseudonym leaves.
final as (
    select
        {{ keyed_hash("'transfer|cms_open_payments|' || payments.transfer_id") }} as transfer_id,
        clusters.hcp_key,
        {{ keyed_hash("'interaction|' || coalesce(roots.root_ref, payments.interaction_ref)") }} as interaction_id,
        'cms_open_payments' as source_system,
        payments.company_id,
        payments.company,
        payments.nature,
        payments.form,
        payments.purpose,
        payments.amount_usd,
        payments.product,
        payments.paid_on
    from payments
    left join clusters on payments.profile_id = clusters.id_value
    left join roots on payments.interaction_ref = roots.interaction_ref
)

select * from final
