with

channels as (
    select * from {{ ref('dim_channels') }}
),

virtual_events as (
    select * from {{ ref('int_touchpoints__virtual_events') }}
),

-- An event attended from elsewhere is of the family of webinars (ruling 33).
touches as (
    select
        identified.*,
        case
            when identified.channel = 'event' and virtual_events.touchpoint_id is not null then 'webinar'
            else channels.channel_family
        end as channel_family
    from {{ ref('int_touchpoints__identified') }} as identified
    inner join channels on identified.channel = channels.channel
    left join virtual_events on identified.touchpoint_id = virtual_events.touchpoint_id
),

responses as (
    select * from {{ ref('int_touchpoints__responses') }}
),

verdicts as (
    select * from {{ ref('int_consents__verdicts') }}
),

depths as (
    select * from {{ ref('touchpoint_depth') }}
),

products as (
    select * from {{ ref('int_products__names') }}
),

content as (
    select * from {{ ref('dim_content') }}
),

content_types as (
    select * from {{ ref('content_types') }}
),

hcps as (
    select hcp_key, lower(trim(specialty)) as specialty from {{ ref('dim_hcps') }}
),

final as (
    select
        touches.touchpoint_id, touches.hcp_key, touches.interaction_id,
        touches.source_system, touches.channel, touches.channel_family, touches.touchpoint_type, touches.direction, touches.purpose,
        touches.occurred_at, touches.business_on, touches.time_confidence,
        touches.user_key, touches.team, touches.team_function,
        coalesce(products.product, touches.product) as product, touches.topic, touches.content_id, touches.content_type, touches.journey_id,
        touches.duration_seconds, touches.is_delivered,
        responses.response_class, responses.responded_at, responses.is_two_way,
        cast(depths.depth as double) as depth,
        cast(
            case
                when hcps.specialty in (lower(trim(touches.topic)), lower(trim(content.specialty)))
                    then {{ var('eqs_relevance_match') }}
                when hcps.specialty is null or coalesce(touches.topic, content.specialty) is null
                    then {{ var('eqs_relevance_unknown') }}
                else {{ var('eqs_relevance_mismatch') }}
            end as double
        ) as relevance,
        content_types.is_value as is_value_content,
        verdicts.consent_status, verdicts.consent_regime, verdicts.is_permitted, verdicts.permission_reason, verdicts.consent_id,
        verdicts.lawful_basis, verdicts.differs_from_vendor, touches.identity_method, responses.is_response_observable, verdicts.first_known_at
    from touches
    inner join responses on touches.touchpoint_id = responses.touchpoint_id
    inner join verdicts on touches.touchpoint_id = verdicts.touchpoint_id
    inner join depths
        on case
            when touches.direction = 'pull' and touches.channel_family = 'other' then 'pull_request' else touches.channel_family
        end = depths.family
    left join products on lower(trim(touches.product)) = products.product_ref
    left join content on touches.content_id = content.content_id
    left join content_types on touches.content_type = content_types.content_type
    left join hcps on touches.hcp_key = hcps.hcp_key
    -- What the person refused under another of their ids takes the learning out as well (CMP-27); nothing else is ever left out.
    where touches.channel <> 'cme' or verdicts.is_permitted
)

select * from final
