with

clusters as (
    select * from {{ ref('int_identity__clusters') }} where hcp_key is not null
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

rejected as (
    select node_a as node_id from {{ ref('int_identity__rejected_edges') }} where tier <= 2
    union
    select node_b from {{ ref('int_identity__rejected_edges') }} where tier <= 2
),

-- One NPI under names that cannot be one person's: both sides are told (IDN-06).
contested_npis as (
    select claim as npi from {{ ref('int_identity__claim_names') }} where rule = 'npi' and not do_agree group by claim
),

people as (
    select
        clusters.hcp_key, count(distinct clusters.source_system) as identity_sources,
        min(coalesce(nodes.event_from_on, cast(nodes.first_known_at as date))) as first_seen_on,
        bool_or(
            nodes.is_dead_survivor or nodes.has_several_npis or rejected.node_id is not null or contested_npis.npi is not null
        )
        or coalesce(min(nodes.npi) <> max(nodes.npi), false) as has_identity_conflict,
        bool_or(clusters.id_type not in ('cme_learner', 'lms_user', 'npi')) as is_known_commercially
    from clusters
    inner join nodes on clusters.node_id = nodes.node_id
    left join rejected on clusters.node_id = rejected.node_id
    left join contested_npis on nodes.npi = contested_npis.npi
    group by clusters.hcp_key
),

-- What was loaded into a CRM from an older one happened before its records were created there (ruling 49).
touches as (
    select hcp_key, min(business_on) as first_touch_on
    from {{ ref('int_touchpoints__identified') }}
    where hcp_key is not null
    group by hcp_key
),

attributes as (
    select * from {{ ref('int_hcps__attributes') }}
),

languages as (
    select * from {{ ref('int_hcps__languages') }}
),

countries as (
    select person_key, country_code from {{ ref('int_hcps__countries') }} where valid_to_at is null
),

objectors as (
    select person_key from {{ ref('int_hcps__profiling_objections') }}
    where valid_from_at <= {{ as_of_at() }} and (valid_to_at is null or valid_to_at > {{ as_of_at() }})
    group by person_key
),

final as (
    select
        people.hcp_key, attributes.specialty, countries.country_code as country, attributes.region,
        cast(null as {{ type_text() }}) as practice_setting, languages.language,
        coalesce(attributes.specialty, '*') || '|' || coalesce(countries.country_code, '*') as peer_group,
        objectors.person_key is null as is_profiling_allowed, people.has_identity_conflict, people.is_known_commercially,
        people.identity_sources, least(people.first_seen_on, coalesce(touches.first_touch_on, people.first_seen_on)) as first_seen_on
    from people
    left join touches on people.hcp_key = touches.hcp_key
    left join attributes on people.hcp_key = attributes.hcp_key
    left join languages on people.hcp_key = languages.hcp_key
    left join countries on people.hcp_key = countries.person_key
    left join objectors on people.hcp_key = objectors.person_key
)

select * from final
