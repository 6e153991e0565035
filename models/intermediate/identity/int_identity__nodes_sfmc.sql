with

subscribers as (
    select * from {{ ref('stg_sfmc__subscribers') }}
),

versions as (
    select * from {{ ref('stg_sfmc__subscriber_versions') }}
),

sent as (
    select * from {{ ref('stg_sfmc__sent') }}
),

-- A deleted subscriber vanishes from the view, its sends stay (EML-25, GEN-10).
seen_on_sends as (
    select
        sent.subscriber_id, max(sent.subscriber_key) as subscriber_key, min(sent.first_delivered_at) as first_known_at,
        max(sent.delivered_at) as changed_at, min(sent.occurred_at) as event_from_at
    from sent
    left join subscribers on sent.subscriber_id = subscribers.subscriber_id
    where subscribers.subscriber_id is null and sent.subscriber_id is not null
    group by sent.subscriber_id
),

moments as (
    select
        subscribers.subscriber_id,
        min(case when versions.email = subscribers.email then versions.valid_from_at end) as email_known_at,
        min(case when versions.subscriber_key = subscribers.subscriber_key then versions.valid_from_at end) as key_known_at
    from subscribers
    inner join versions on subscribers.subscriber_id = versions.subscriber_id
    group by subscribers.subscriber_id
),

nodes as (
    select
        subscribers.subscriber_id as id_value, subscribers.subscriber_key, subscribers.email,
        subscribers.first_delivered_at as first_known_at, subscribers.delivered_at as changed_at,
        coalesce(moments.email_known_at, subscribers.first_delivered_at) as email_known_at,
        coalesce(moments.key_known_at, subscribers.first_delivered_at) as crm_id_known_at,
        cast(subscribers.joined_at as date) as event_from_on
    from subscribers
    left join moments on subscribers.subscriber_id = moments.subscriber_id
    union all
    select
        subscriber_id, subscriber_key, null, first_known_at, changed_at, first_known_at, first_known_at,
        cast(event_from_at as date)
    from seen_on_sends
),

final as (
    select
        'sfmc' as source_system, 'sfmc_subscriber' as id_type, id_value, {{ null_texts(['npi']) }},
        false as has_invalid_npi, false as has_several_npis, false as has_several_names,
        -- The key's shape says what it is (EML-24): an address, a Salesforce id, or something else.
        coalesce(email, case when subscriber_key like '%_@_%' then {{ normalised_email('subscriber_key') }} end) as email,
        case when length(subscriber_key) in (15, 18) and subscriber_key not like '%@%'
            then {{ salesforce_id('subscriber_key') }} end as crm_id,
        {{ null_texts(['first_name', 'last_name', 'city', 'specialty', 'country_code', 'region']) }},
        {{ null_texts(['middle_name', 'suffix', 'other_last_name', 'postal_code', 'gender']) }},
        false as is_hcp_evidence, false as is_deleted, false as is_dead_survivor, first_known_at,
        cast(null as timestamp) as npi_known_at, email_known_at, crm_id_known_at,
        cast(null as timestamp) as profile_known_at, changed_at, event_from_on
    from nodes
)

select * from final
