with

versions as (
    select * from {{ versions('on24', 'registrant') }}
),

forgotten as (
    select event_user_id from {{ ref('stg_on24__forgotten_users') }}
),

final as (
    select
        versions.eventuserid as event_user_id,
        {{ normalised_email('versions.email') }} as email,
        min(versions.firstname) as first_name,
        min(versions.lastname) as last_name,
        min(versions._delivered_at) as known_at
    from versions
    left join forgotten on versions.eventuserid = forgotten.event_user_id
    where {{ normalised_email('versions.email') }} is not null and forgotten.event_user_id is null
    group by 1, 2
)

select * from final
