with

attendees as (
    select * from {{ accepted('on24', 'attendee') }}
),

opened as (
    select *, 'question' as kind, {{ json_elements('questions') }} as answer from attendees
    union all
    select *, 'poll', {{ json_elements('polls') }} from attendees
    union all
    select *, 'survey', {{ json_elements('surveys') }} from attendees
),

-- Ids and instants only: what was asked and answered is free text and stays in raw (WEB-22, WEB-17).
final as (
    select
        eventid as event_id,
        eventuserid as event_user_id,
        kind,
        coalesce(
            {{ json_text('answer', 'questionid') }}, {{ json_text('answer', 'pollquestionid') }}, {{ json_text('answer', 'surveyid') }}
        ) as answer_id,
        {{ parse_timestamp(
            "coalesce(" ~ json_text('answer', 'createtimestamp') ~ ", " ~ json_text('answer', 'pollsubmittedtimestamp')
            ~ ", " ~ json_text('answer', 'surveysubmittedtimestamp') ~ ")", feed_zone('on24', 'attendee')
        ) }} as answered_at,
        {{ lineage("eventid || '|' || eventuserid") }}
    from opened
)

select * from final
