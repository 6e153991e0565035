with

needs as (
    select * from {{ ref('stg_feedback__needs') }}
),

people as (
    select source_system, id_value, max(hcp_key) as hcp_key
    from {{ ref('int_identity__clusters') }}
    group by source_system, id_value
),

final as (
    select
        needs.need_id, needs.source_system, people.hcp_key, needs.topic, needs.raised_at, needs.closed_at,
        needs.action_code, needs.told_back_at
    from needs
    left join people on needs.source_system = people.source_system and needs.source_hcp_id = people.id_value
)

select * from final
