with

people as (
    select * from {{ ref('int_hcps__people') }}
),

-- What was loaded into a CRM from an older one happened before its records were created there (ruling 49).
touches as (
    select
        hcp_key, min(business_on) as first_touch_on,
        min(case when purpose not in ('education', 'medical') then business_on end) as first_commercial_touch_on
    from {{ ref('int_touchpoints__identified') }}
    where hcp_key is not null
    group by hcp_key
),

attributes as (
    select
        hcp_key
        {%- for attribute in ['specialty', 'country', 'region', 'language'] %},
        max(case when attribute = '{{ attribute }}' then given_value end) as {{ attribute }},
        max(case when attribute = '{{ attribute }}' then source_system end) as {{ attribute }}_source,
        bool_or(attribute = '{{ attribute }}' and has_conflict) as has_{{ attribute }}_conflict
        {%- endfor %}
    from {{ ref('int_hcps__attributes') }}
    where value_rank = 1
    group by hcp_key
),

objectors as (
    select person_key from {{ ref('int_hcps__profiling_objections') }}
    where valid_from_at <= {{ as_of_at() }} and (valid_to_at is null or valid_to_at > {{ as_of_at() }})
    group by person_key
),

final as (
    select
        people.hcp_key, attributes.specialty, attributes.country, attributes.region,
        cast(null as {{ type_text() }}) as practice_setting, attributes.language,
        coalesce(attributes.specialty, '*') || '|' || coalesce(attributes.country, '*') as peer_group,
        objectors.person_key is null as is_profiling_allowed, people.has_identity_conflict, people.is_known_commercially,
        people.identity_sources, least(people.first_seen_on, coalesce(touches.first_touch_on, people.first_seen_on)) as first_seen_on,
        attributes.specialty_source, coalesce(attributes.has_specialty_conflict, false) as has_specialty_conflict,
        attributes.country_source, coalesce(attributes.has_country_conflict, false) as has_country_conflict,
        attributes.region_source, coalesce(attributes.has_region_conflict, false) as has_region_conflict, attributes.language_source,
        people.has_identity_conflict_commercial, people.identity_sources_commercial,
        least(people.first_seen_on_commercial, coalesce(touches.first_commercial_touch_on, people.first_seen_on_commercial))
            as first_seen_on_commercial
    from people
    left join touches on people.hcp_key = touches.hcp_key
    left join attributes on people.hcp_key = attributes.hcp_key
    left join objectors on people.hcp_key = objectors.person_key
)

select * from final
