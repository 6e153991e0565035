{%- set company_id = (var('company_ids') or [var('operator')]) | first -%}
with

payments as (
    select * from {{ ref('int_payments__classified') }}
),

meals as (
    select * from {{ ref('int_events__appearances') }} where has_consumed_meal
),

touches as (
    select record_ref, interaction_id from {{ ref('int_touchpoints__keyed') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

products as (
    select * from {{ ref('int_products__names') }}
),

roots as (
    select * from {{ ref('int_interactions__roots') }}
),

reportable as (
    select * from {{ ref('int_payments__reportable') }}
),

-- Every reported line, of any company and with or without a recipient's profile. The record's number is public beside a
-- name: only its pseudonym leaves.
reported as (
    select
        {{ keyed_hash("'transfer|cms_open_payments|' || payments.transfer_id") }} as transfer_id,
        clusters.hcp_key,
        {{ keyed_hash("'interaction|' || coalesce(roots.root_ref, payments.interaction_ref)") }} as interaction_id,
        'cms_open_payments' as source_system,
        payments.company_id,
        payments.company,
        payments.nature, payments.form, payments.purpose, payments.amount_usd,
        coalesce(products.product, payments.product) as product,
        payments.paid_on, reportable.is_reportable, reportable.is_reportable_commercial
    from payments
    left join clusters
        on clusters.source_system = 'cms_open_payments'
        and clusters.id_type = 'open_payments_profile'
        and payments.profile_id = clusters.id_value
    inner join reportable on payments.transfer_id = reportable.transfer_id
    left join roots on payments.interaction_ref = roots.interaction_ref
    left join products on lower(trim(payments.product)) = products.product_ref
),

-- A meal at an event is value where it was consumed, not where it was ordered or offered (CRM-51). The CRM knows no amount.
consumed as (
    select
        {{ keyed_hash("'transfer|' || meals.record_ref") }} as transfer_id,
        clusters.hcp_key,
        touches.interaction_id,
        meals.source_system,
        '{{ company_id | replace("'", "''") }}' as company_id,
        nullif('{{ var('operator') | replace("'", "''") }}', '') as company,
        'Food and Beverage' as nature,
        'In-kind items and services' as form,
        meals.purpose,
        cast(null as decimal(14, 2)) as amount_usd,
        cast(null as {{ type_text() }}) as product,
        meals.business_on as paid_on,
        cast(null as boolean) as is_reportable,
        cast(null as boolean) as is_reportable_commercial
    from meals
    left join touches on meals.record_ref = touches.record_ref
    left join clusters
        on clusters.source_system = 'veeva_crm'
        and clusters.id_type = 'veeva_crm_account'
        and meals.account_id = clusters.id_value
),

final as (
    select * from reported
    union all
    select * from consumed
)

select * from final
