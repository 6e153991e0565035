with

versions as (
    select * from {{ versions('zoom', 'registrants') }}
),

final as (
    select
        versions.id as registrant_id,
        {{ normalised_email('versions.email') }} as email,
        min(versions.first_name) as first_name,
        min(versions.last_name) as last_name,
        min(versions._delivered_at) as known_at
    from versions
    where {{ normalised_email('versions.email') }} is not null
    group by 1, 2
)

select * from final
