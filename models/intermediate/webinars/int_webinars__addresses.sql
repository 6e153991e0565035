with

registrants as (
    select webinar_uuid, email, registrant_id from {{ ref('stg_zoom__registrants') }}
    union all
    select webinar_uuid, email, registrant_id from {{ ref('stg_zoom__participants') }}
),

final as (
    select webinar_uuid, email, min(registrant_id) as registrant_id
    from registrants
    where email is not null and registrant_id is not null
    group by webinar_uuid, email
)

select * from final
