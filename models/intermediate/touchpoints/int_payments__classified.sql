{%- set company_ids = var('company_ids') or [] -%}
with

payments as (
    select * from {{ ref('stg_cms_open_payments__general_payments') }}
),

natures as (
    select * from {{ ref('open_payments_natures') }}
),

-- One spelling per company id and per product: the most recent, then the smallest.
spellings as (
    select
        *,
        first_value(company) over (
            partition by company_id
            order by case when company is null then 1 else 0 end, paid_on desc nulls last, company
        ) as company_name,
        first_value(product) over (
            partition by lower(product) order by paid_on desc nulls last, product
        ) as product_name
    from payments
),

final as (
    select
        spellings.transfer_id,
        spellings.profile_id,
        spellings.company_id,
        spellings.company_name as company,
        spellings.product_name as product,
        spellings.nature,
        spellings.form,
        spellings.amount_usd,
        spellings.paid_on,
        coalesce(natures.counts_as, 'transfer') as counts_as,
        natures.touchpoint_type,
        natures.channel,
        coalesce(natures.purpose, 'promotional') as purpose,
        natures.consent_channel,
        -- However many lines report it, what a person got from a company on a day is one interaction of its kind. With the
        -- operator's companies named, only theirs are interactions (ruling 16).
        case
            when natures.counts_as = 'touch'{% if company_ids %} and spellings.company_id in ('{{ company_ids | join("', '") }}'){% endif %} then
                'cms_open_payments|' || spellings.profile_id || '|' || cast(spellings.paid_on as {{ type_text() }}) || '|'
                || spellings.company_id || '|' || natures.touchpoint_type || '|' || natures.purpose
        end as interaction_ref,
        spellings.record_id,
        spellings.delivery,
        spellings.row_number,
        spellings.first_delivered_at
    from spellings
    left join natures on lower(trim(spellings.nature)) = natures.nature
)

select * from final
