{#- A view: the text of a waiting candidate stands in one place. -#}
{{ config(materialized='view') }}
{%- set weekday = dbt.datediff("date_trunc('week', awareness_at)", 'awareness_at', 'day') %}
with

hits as (
    select * from {{ ref('stg_rapport__safety_hits') }}
),

due as (
    select
        *,
        case
            when kind <> 'adverse_event' then cast(null as timestamp)
            {%- if var('safety_due') == 'business_day' %}
            when {{ weekday }} = 4 then {{ dbt.dateadd('day', 3, 'awareness_at') }}
            when {{ weekday }} = 5 then {{ dbt.dateadd('day', 2, 'awareness_at') }}
            {%- endif %}
            else {{ dbt.dateadd('hour', 24, 'awareness_at') }}
        end as due_at
    from hits
),

final as (
    select
        *,
        -- Full hours: a difference in hours counts how often the clock struck.
        cast(floor(greatest({{ dbt.datediff('awareness_at', 'coalesce(forwarded_at, ' ~ as_of_at() ~ ')', 'second') }}, 0) / 3600.0) as bigint) as hours_open,
        coalesce(forwarded_at is null and due_at < {{ as_of_at() }}, false) as is_overdue,
        coalesce(forwarded_at > due_at, false) as is_forwarded_late
    from due
)

select * from final
