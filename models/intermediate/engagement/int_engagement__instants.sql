with

hcps as (
    select * from {{ ref('dim_hcps') }}
),

as_of_dates as (
    select * from {{ ref('int_engagement__as_of_dates') }}
),

objections as (
    select * from {{ ref('fct_consents') }} where purpose = 'profiling' and status = 'refused'
),

scopes as (
    select * from {{ ref('int_engagement__scopes') }}
),

-- The far end of eqs_change_90d is measured like an as-of date, and not published.
dates as (
    select as_of_on as measured_on, true as is_as_of from as_of_dates
    union all
    select cast({{ days_earlier('as_of_on', 90) }} as date) as measured_on, false as is_as_of from as_of_dates
),

measured_dates as (
    select measured_on, cast(measured_on as timestamp) as measured_at, bool_or(is_as_of) as is_as_of
    from dates
    group by measured_on
),

-- CMP-22: whom only accredited education knows, sales does not; nor how long it has known somebody.
instants as (
    select
        hcps.hcp_key, scopes.eqs_scope, measured_dates.measured_on, measured_dates.measured_at, measured_dates.is_as_of
    from hcps
    inner join measured_dates on hcps.first_seen_on <= measured_dates.measured_on
    inner join scopes
        on scopes.eqs_scope = 'full'
        or (hcps.is_known_commercially and hcps.first_seen_on_commercial <= measured_dates.measured_on)
),

-- CMP-16: an objection to profiling takes the person out from its start to its end.
final as (
    select instants.*
    from instants
    where not exists (
        select 1
        from objections
        where objections.hcp_key = instants.hcp_key
            and objections.valid_from_at <= instants.measured_at
            and (objections.valid_to_at is null or objections.valid_to_at > instants.measured_at)
    )
)

select * from final
