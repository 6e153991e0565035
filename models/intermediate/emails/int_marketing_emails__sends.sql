with

sent as (
    select * from {{ ref('stg_sfmc__sent') }}
),

jobs as (
    select * from {{ ref('stg_sfmc__jobs') }}
),

subscriber_versions as (
    select * from {{ ref('stg_sfmc__subscriber_versions') }}
),

content as (
    select title_code, min(content_id) as content_id from {{ ref('stg_reference__content') }} group by title_code
),

-- A left join: sends whose job belongs to another business unit stay (EML-34). Test sends go (EML-31).
final as (
    select
        sent.record_id,
        sent.job_id,
        sent.list_id,
        sent.batch_id,
        sent.subscriber_id,
        sent.occurred_at as sent_at,
        -- Events carry no send id: they belong to the latest send of their key that is not after them.
        case
            when lag(sent.occurred_at) over recipient is not null then sent.occurred_at
        end as events_from_at,
        lead(sent.occurred_at) over recipient as events_to_at,
        -- The address in force by delivery, the first known one for earlier sends.
        coalesce(
            subscriber_versions.email,
            case when sent.subscriber_key like '%_@_%' then {{ normalised_email('sent.subscriber_key') }} end
        ) as address,
        jobs.job_id is not null as is_job_known,
        coalesce(jobs.is_transactional, false) as is_transactional,
        content.content_id,
        sent.delivery,
        sent.row_number,
        sent.first_delivered_at
    from sent
    left join jobs on sent.job_id = jobs.job_id
    left join subscriber_versions
        on sent.subscriber_id = subscriber_versions.subscriber_id
        and (subscriber_versions.is_first or sent.occurred_at >= subscriber_versions.valid_from_at)
        and (subscriber_versions.valid_to_at is null or sent.occurred_at < subscriber_versions.valid_to_at)
    left join content on jobs.email_name = content.title_code
    where not coalesce(jobs.is_test, false)
    window recipient as (
        partition by sent.job_id, sent.list_id, sent.batch_id, sent.subscriber_id order by sent.occurred_at
    )
)

select * from final
