with

decisions as (
    select * from {{ ref('int_consents__decisions') }}
),

clusters as (
    select source_system, id_type, id_value, person_key, hcp_key from {{ ref('int_identity__clusters') }}
),

-- A learner's ids as the provider gave them: a number that fails its check leads to nobody else, yet it is this learner's.
learner_ids as (
    select * from {{ ref('int_learners__ids') }}
),

-- Who stands behind an id. The privacy feeds name a person by any id, which may lead to several people: it binds all.
persons as (
    select * from clusters
    union all
    select 'privacy', id_type, id_value, person_key, hcp_key from {{ ref('int_identity__person_ids') }}
    union all
    select 'privacy', learner_ids.id_type, learner_ids.id_value, clusters.person_key, clusters.hcp_key
    from learner_ids
    inner join clusters
        on learner_ids.learner_type = clusters.id_type
        and learner_ids.learner_value = clusters.id_value
),

holders as (
    select source_system, id_type, id_value, person_key, hcp_key
    from persons
    group by source_system, id_type, id_value, person_key, hcp_key
),

-- An id that no cluster knows is a person of its own.
final as (
    select
        decisions.*,
        coalesce(holders.person_key, decisions.source_system || '|' || decisions.id_value) as person_key, holders.hcp_key
    from decisions
    left join holders
        on decisions.source_system = holders.source_system
        and decisions.id_type = holders.id_type
        and decisions.id_value = holders.id_value
)

select * from final
