with

payments as (
    select * from {{ ref('int_payments__classified') }}
),

thresholds as (
    select * from {{ ref('open_payments_thresholds') }}
),

-- What one company gave one recipient in the year. Sales is not told what education or medical gave, nor by this total.
totals as (
    select
        company_id, profile_id, extract(year from paid_on) as program_year, sum(amount_usd) as total_usd,
        sum(case when purpose not in ('education', 'medical') then amount_usd end) as commercial_total_usd
    from payments
    where profile_id is not null
    group by company_id, profile_id, extract(year from paid_on)
),

-- Null where the year has no row, or the amount is small and nobody knows whose it is.
final as (
    select
        payments.transfer_id,
        payments.amount_usd >= thresholds.small_amount_usd
        or totals.total_usd > thresholds.yearly_total_usd as is_reportable,
        payments.amount_usd >= thresholds.small_amount_usd
        or totals.commercial_total_usd > thresholds.yearly_total_usd as is_reportable_commercial
    from payments
    left join thresholds on extract(year from payments.paid_on) = thresholds.program_year
    left join totals
        on payments.company_id = totals.company_id
        and payments.profile_id = totals.profile_id
        and extract(year from payments.paid_on) = totals.program_year
)

select * from final
