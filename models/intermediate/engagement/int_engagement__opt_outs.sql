with

refusals as (
    select *, coalesce(captured_at, valid_from_at) as opted_out_at
    from {{ ref('fct_consents') }}
    where hcp_key is not null
        and status = 'refused'
        and capture_reason in ('person', 'double_opt_in', 'migration')
),

scopes as (
    select 'full' as eqs_scope, 'promotional' as purpose
    union all
    select 'full' as eqs_scope, 'medical' as purpose
    union all
    select 'promotional' as eqs_scope, 'promotional' as purpose
),

-- One act of will may refuse several channels, addresses and products at once: it is one opt-out.
final as (
    select
        min(refusals.consent_id) as consent_id, scopes.eqs_scope, refusals.hcp_key, refusals.opted_out_at
    from refusals
    inner join scopes on refusals.purpose = scopes.purpose
    group by scopes.eqs_scope, refusals.hcp_key, refusals.opted_out_at
)

select * from final
