with

questions as (
    select * from {{ accepted('zoom', 'qa') }}
),

final as (
    select
        uuid as webinar_uuid,
        question_id,
        user_id,
        {{ normalised_email('email') }} as email,
        question_status as status,
        coalesce(question <> '', false) as has_text,
        coalesce(answer_details not in ('[]', '{}'), false) as is_answered,
        {{ parse_timestamp('create_time', feed_zone('zoom', 'qa')) }} as asked_at,
        {{ lineage("concat_ws('|', uuid, coalesce(email, ''), coalesce(user_id, ''), question_id)") }}
    from questions
)

select * from final
