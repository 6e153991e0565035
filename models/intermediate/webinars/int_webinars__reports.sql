with

reports as (
    select * from {{ ref('stg_zoom__report_meetings') }}
),

webinars as (
    select * from {{ ref('stg_zoom__webinars') }}
),

-- A number repeats over occurrences (WEB-05): the one that began nearest to the report's start, within minutes (ruling 13).
candidates as (
    select
        reports.report_id,
        reports.host_email,
        webinars.webinar_uuid,
        row_number() over (
            partition by reports.report_id
            order by abs({{ dbt.datediff('reports.started_at', 'webinars.started_at', 'second') }}), webinars.webinar_uuid
        ) as distance_rank
    from reports
    inner join webinars
        on reports.webinar_id = webinars.webinar_id
        and abs({{ dbt.datediff('reports.started_at', 'webinars.started_at', 'second') }}) <= {{ var('zoom_report_start_minutes') }} * 60
),

final as (
    select report_id, webinar_uuid, host_email from candidates where distance_rank = 1
)

select * from final
