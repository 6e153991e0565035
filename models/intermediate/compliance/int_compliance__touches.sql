with

touches as (
    select * from {{ ref('fct_touchpoints') }} where hcp_key is not null
),

verdicts as (
    select touchpoint_id, was_known_at_send from {{ ref('int_consents__verdicts') }}
),

channels as (
    select channel, is_secure from {{ ref('dim_channels') }}
),

content as (
    select * from {{ ref('dim_content') }}
),

certificates as (
    select
        {{ keyed_hash("'veeva_crm_user|' || user_id") }} as user_key, certified_from_on, certified_to_on
    from {{ ref('stg_reference__certifications') }}
),

certified as (
    select touches.touchpoint_id
    from touches
    inner join certificates
        on touches.user_key = certificates.user_key
        and (certificates.certified_from_on is null or certificates.certified_from_on <= touches.business_on)
        and (certificates.certified_to_on is null or certificates.certified_to_on > touches.business_on)
    group by touches.touchpoint_id
),

-- The audit of merges: a permitted touch that a state of any of the person's ids refuses (CNS-33).
refused_under_an_id as (
    select touchpoint_id
    from {{ ref('int_consents__answers') }}
    where question = 'contact' and status = 'refused' and not is_lifted and not coalesce(is_echo, false)
    group by touchpoint_id
),

final as (
    select
        touches.touchpoint_id, touches.hcp_key, touches.channel, touches.purpose,
        cast(coalesce(touches.occurred_at, touches.business_on) as date) as touched_on,
        touches.direction = 'push' as is_push,
        touches.direction = 'push' and touches.is_permitted as is_permitted_push,
        touches.direction = 'push' and not touches.is_permitted and verdicts.was_known_at_send as is_refused_push_known,
        touches.direction = 'push' and not touches.is_permitted and not verdicts.was_known_at_send as is_refused_push_learned,
        touches.lawful_basis = 'none_stated' as is_without_basis,
        touches.consent_regime = 'prohibited' as is_on_prohibited_channel,
        not channels.is_secure as is_insecure,
        touches.content_id is not null and content.approved_from is null as is_of_unapproved_content,
        coalesce(
            touches.business_on < content.approved_from or touches.business_on >= content.approved_to, false
        ) as is_of_expired_content,
        coalesce(not content.has_disclosure, false) as is_without_disclosure,
        touches.user_key is not null and certified.touchpoint_id is null as is_by_uncertified,
        touches.is_permitted and touches.consent_regime <> 'not_applicable' and refused_under_an_id.touchpoint_id is not null
            as is_widened_by_merge
    from touches
    inner join verdicts on touches.touchpoint_id = verdicts.touchpoint_id
    inner join channels on touches.channel = channels.channel
    left join content on touches.content_id = content.content_id
    left join certified on touches.touchpoint_id = certified.touchpoint_id
    left join refused_under_an_id on touches.touchpoint_id = refused_under_an_id.touchpoint_id
)

select * from final
