with

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

aliases as (
    select * from {{ ref('bridge_hcp_aliases') }}
),

touches as (
    select * from {{ ref('int_touchpoints__keyed') }}
),

senders as (
    select * from {{ ref('int_touchpoints__identified') }}
),

violations as (
    select * from {{ ref('mart_consent_violations') }}
),

-- Today's keys and the aliases: what was published. No other id's own hash was ever seen.
persons as (
    select clusters.own_key, clusters.node_id
    from clusters
    left join aliases on clusters.own_key = aliases.old_hcp_key
    where clusters.hcp_key is not null and (clusters.is_anchor or aliases.old_hcp_key is not null)
),

-- Word for word what keyed_hash() was given where the key was made; a rotation proves it row by row before it begins.
final as (
    select 'hcp_key' as key_kind, own_key as key, node_id as hashed_text, cast(null as {{ type_text() }}) as inner_key
    from persons
    union all
    select distinct 'touchpoint_id', touchpoint_id, 'touchpoint|' || leading_record_ref, null
    from touches
    union all
    select distinct 'user_key', user_key, 'veeva_crm_user|' || user_id, null
    from senders
    where user_id is not null
    union all
    select 'violation_id', violation_id, 'violation|' || touchpoint_id || '|' || rule_id, touchpoint_id
    from violations
)

select * from final
