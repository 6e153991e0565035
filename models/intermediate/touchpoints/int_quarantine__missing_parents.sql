with

webinars as (
    select webinar_uuid from {{ ref('stg_zoom__webinars') }}
),

children as (
    select 'participants' as object, webinar_uuid, delivery, row_number from {{ ref('stg_zoom__participants') }}
    union all
    select 'registrants', webinar_uuid, delivery, row_number from {{ ref('stg_zoom__registrants') }}
),

final as (
    select
        'zoom' as system,
        children.object,
        children.delivery,
        children.row_number,
        'missing_parent' as reason_code,
        cast(null as {{ type_text() }}) as column_names
    from children
    left join webinars on children.webinar_uuid = webinars.webinar_uuid
    where webinars.webinar_uuid is null
)

select * from final
