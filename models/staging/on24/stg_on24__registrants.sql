with

registrants as (
    select * from {{ accepted('on24', 'registrant') }}
),

forgotten as (
    select * from {{ ref('stg_on24__forgotten_users') }}
),

standard_fields as (
    select field from {{ ref('on24_standard_fields') }} where meaning = 'npi'
),

-- What is said of a person, of those only who are not forgotten (WEB-20). Which field holds the NPI is the customer's
-- own choice (WEB-37).
people as (
    select
        registrants.eventid, registrants.eventuserid, registrants.exteventusercd as external_user_id,
        {{ normalised_email('registrants.email') }} as email, registrants.firstname as first_name,
        registrants.lastname as last_name, registrants.city, registrants.state, registrants.zip as postal_code,
        coalesce(
            {%- for place in range(1, 11) %}
            case when 'std{{ place }}' in (select field from standard_fields) then nullif(trim(registrants.std{{ place }}), '') end
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as npi,
        {{ parse_boolean('registrants.marketingemail') }} as is_marketing_accepted
    from registrants
    left join forgotten on registrants.eventuserid = forgotten.event_user_id
    where forgotten.event_user_id is null
),

final as (
    select
        registrants.eventid as event_id,
        registrants.eventuserid as event_user_id,
        people.external_user_id,
        people.email,
        people.first_name,
        people.last_name,
        people.city,
        people.state,
        people.postal_code,
        people.npi,
        people.is_marketing_accepted,
        people.eventuserid is null as is_forgotten,
        {{ parse_timestamp('registrants.createtimestamp', feed_zone('on24', 'registrant')) }} as registered_at,
        {{ lineage("registrants.eventid || '|' || registrants.eventuserid") }}
    from registrants
    left join people on registrants.eventid = people.eventid and registrants.eventuserid = people.eventuserid
)

select * from final
