with

states as (
    select
        *,
        scope_type = 'global' and within_detail_group_id is null and within_content_type_id is null and place_id is null as is_of_all
    from {{ ref('int_consents__states') }}
    where hcp_key is not null and not coalesce(is_echo, false)
),

as_of_dates as (
    select as_of_on, cast(as_of_on as timestamp) as as_of_at from {{ ref('int_engagement__as_of_dates') }}
),

in_effect as (
    select as_of_dates.as_of_on, as_of_dates.as_of_at, states.*
    from states
    inner join as_of_dates
        on states.valid_from_at <= as_of_dates.as_of_at
        and (states.valid_to_at is null or states.valid_to_at > as_of_dates.as_of_at)
),

-- Over all ids and addresses of the person that hold a decision: a single refusal refuses, and so on down.
final as (
    select
        hcp_key, channel, purpose, as_of_on,
        bool_or(status = 'refused' and is_of_all) as is_refused,
        bool_or(status = 'refused') as is_refused_in_part,
        bool_or(status = 'blocked') as is_blocked,
        bool_or(status = 'granted' and is_of_all) as is_granted,
        bool_or(status = 'granted') as is_granted_in_part,
        bool_or(status = 'pending') as is_pending,
        min(case when status = 'granted' then captured_at end) as oldest_grant_at,
        count(case when status = 'granted' and evidence_version is null then 1 end) as grants_without_notice
    from in_effect
    group by hcp_key, channel, purpose, as_of_on
)

select * from final
