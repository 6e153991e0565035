with

answers as (
    select * from {{ accepted('zoom', 'polls') }}
),

-- Choices are joined by `;`; a comma belongs to the choice (WEB-10). Their text stays in raw (WEB-17).
choices as (
    select _delivery, _row, {{ split_rows('answer', ';') }} as choice from answers
),

counted as (
    select _delivery as delivery, _row as row_number, count(*) as choice_count
    from choices
    where trim(choice) <> ''
    group by _delivery, _row
),

final as (
    select
        answers.uuid as webinar_uuid,
        answers.polling_id,
        {{ normalised_email('answers.email') }} as email,
        coalesce(counted.choice_count, 0) as choice_count,
        {{ parse_timestamp('answers.date_time', feed_zone('zoom', 'polls')) }} as answered_at,
        {{ lineage("concat_ws('|', answers.uuid, coalesce(answers.email, ''), answers.polling_id, answers.date_time)") }}
    from answers
    left join counted on answers._delivery = counted.delivery and answers._row = counted.row_number
)

select * from final
