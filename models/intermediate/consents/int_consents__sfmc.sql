with

unsubscribes as (
    select * from {{ ref('stg_sfmc__unsubscribes') }}
),

complaints as (
    select * from {{ ref('stg_sfmc__complaints') }}
),

bounces as (
    select * from {{ ref('stg_sfmc__bounces') }}
    -- Only a hard bounce says that the address is dead (EML-36); a false one says nothing (EML-35).
    where cast(bounce_category_id as {{ type_text() }}) = '1' and not coalesce(is_false_bounce, false)
),

subscribers as (
    select subscriber_id, status from {{ ref('stg_sfmc__subscribers') }}
),

job_lists as (
    select job_id, list_id from {{ ref('stg_sfmc__sent') }} group by job_id, list_id
),

-- The complaint writes an unsubscribe of the same instant, with any list: one decision, not the person's will (EML-29).
own_unsubscribes as (
    select unsubscribes.*, subscribers.status, job_lists.job_id is not null as is_list_of_job
    from unsubscribes
    left join complaints
        on unsubscribes.job_id = complaints.job_id
        and unsubscribes.subscriber_id = complaints.subscriber_id
        and unsubscribes.occurred_at = complaints.occurred_at
    left join subscribers on unsubscribes.subscriber_id = subscribers.subscriber_id
    left join job_lists on unsubscribes.job_id = job_lists.job_id and unsubscribes.list_id = job_lists.list_id
    where complaints.subscriber_id is null
),

-- "Unsubscribe from all" is stored with any list: a list foreign to the job means all of them (EML-28, ruling 37).
events as (
    select
        'Unsubscribe' as source_object, record_id, subscriber_id, occurred_at, first_delivered_at, 'person' as capture_reason,
        case when is_list_of_job and coalesce(lower(status), '') <> 'unsubscribed' then list_id end as list_id
    from own_unsubscribes
    union all
    select 'Complaint', record_id, subscriber_id, occurred_at, first_delivered_at, 'spam_mark', null from complaints
    union all
    select 'Bounce', record_id, subscriber_id, occurred_at, first_delivered_at, 'bounce', null from bounces
),

-- The address in force at the event, by delivery instant; for earlier events the first known (ruling 41).
addressed as (
    select
        events.*, versions.email,
        row_number() over (
            partition by events.source_object, events.record_id, events.occurred_at, events.subscriber_id
            order by
                case when versions.valid_from_at <= events.occurred_at then 0 else 1 end,
                case when versions.valid_from_at <= events.occurred_at then versions.valid_from_at end desc nulls last,
                versions.valid_from_at nulls first
        ) as choice
    from events
    left join {{ ref('stg_sfmc__subscriber_versions') }} as versions on events.subscriber_id = versions.subscriber_id
),

final as (
    select
        'sfmc' as source_system, source_object, record_id as source_record_id,
        cast(null as {{ type_text() }}) as record_id, 'captured_at' as instant_column, 'sfmc_subscriber' as id_type,
        subscriber_id as id_value, 'email' as channel, email as channel_value, 'promotional' as purpose,
        case when list_id is null then 'global' else 'list' end as scope_type, list_id as scope_id,
        cast(null as {{ type_text() }}) as within_detail_group_id, cast(null as {{ type_text() }}) as within_content_type_id,
        cast(null as {{ type_text() }}) as place_id, 'opt_out' as decision, capture_reason, occurred_at as captured_at,
        cast(null as timestamp) as confirmed_at, cast(null as timestamp) as ended_at,
        cast(null as {{ type_text() }}) as evidence_version, cast(null as date) as vendor_expires_on,
        first_delivered_at as known_at, first_delivered_at as loaded_at
    from addressed
    where choice = 1 and (email is not null or capture_reason = 'person')
)

select * from final
