with

registrants as (
    select * from {{ accepted('zoom', 'registrants') }}
),

npis as (
    select delivery, row_number, min(field_value) as npi
    from {{ ref('stg_zoom__form_answers') }}
    where object = 'registrants' and field = 'npi'
    group by delivery, row_number
),

final as (
    select
        registrants.uuid as webinar_uuid,
        registrants.id as registrant_id,
        {{ normalised_email('registrants.email') }} as email,
        registrants.first_name,
        registrants.last_name,
        npis.npi,
        upper(registrants.country) as country,
        registrants.state,
        registrants.city,
        registrants.zip as postal_code,
        registrants.status,
        {{ parse_timestamp('registrants.create_time', feed_zone('zoom', 'registrants')) }} as registered_at,
        {{ lineage("registrants.uuid || '|' || registrants.id") }}
    from registrants
    left join npis
        on registrants._delivery = npis.delivery
        and registrants._row = npis.row_number
)

select * from final
