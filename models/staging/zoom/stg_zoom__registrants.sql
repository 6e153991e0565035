with

registrants as (
    select * from {{ accepted('zoom', 'registrants') }}
),

question_fields as (
    select * from {{ ref('zoom_question_fields') }}
),

answers as (
    select uuid, id, {{ json_elements('custom_questions') }} as answer
    from registrants
),

-- Titles are the customer's own words: which of them asks for the NPI is a seed (WEB-09).
answered as (
    select answers.uuid, answers.id, min(trim({{ json_text('answers.answer', 'value') }})) as npi
    from answers
    inner join question_fields
        on lower(trim({{ json_text('answers.answer', 'title') }})) = question_fields.title
        and question_fields.field = 'npi'
    group by answers.uuid, answers.id
),

final as (
    select
        registrants.uuid as webinar_uuid,
        registrants.id as registrant_id,
        {{ normalised_email('registrants.email') }} as email,
        registrants.first_name,
        registrants.last_name,
        nullif(answered.npi, '') as npi,
        upper(registrants.country) as country,
        registrants.state,
        registrants.city,
        registrants.status,
        {{ parse_timestamp('registrants.create_time', feed_zone('zoom', 'registrants')) }} as registered_at,
        {{ lineage("registrants.uuid || '|' || registrants.id") }}
    from registrants
    left join answered
        on registrants.uuid = answered.uuid
        and registrants.id = answered.id
)

select * from final
