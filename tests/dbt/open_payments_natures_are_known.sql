{{ config(severity='warn') }}
-- A wording that the seed lacks is read as value without a touch until somebody maps it.
select payments.nature
from {{ ref('int_payments__classified') }} as payments
left join {{ ref('open_payments_natures') }} as natures on lower(trim(payments.nature)) = natures.nature
where natures.nature is null
group by payments.nature
