with

preferences as (
    select * from {{ ref('stg_reference__preferences') }}
),

people as (
    select source_system, id_value, max(hcp_key) as hcp_key
    from {{ ref('int_identity__clusters') }}
    where hcp_key is not null
    group by source_system, id_value
),

-- Stated by the run's as-of date and not withdrawn: the latest word on each preference.
final as (
    select people.hcp_key, preferences.kind, preferences.preference, max(preferences.stated_at) as stated_at
    from preferences
    inner join people
        on preferences.source_system = people.source_system and preferences.source_hcp_id = people.id_value
    where
        preferences.stated_at <= {{ as_of_at() }}
        and (preferences.ended_at is null or preferences.ended_at > {{ as_of_at() }})
    group by people.hcp_key, preferences.kind, preferences.preference
)

select * from final
