with

clusters as (
    select node_id, hcp_key from {{ ref('int_identity__clusters') }} where hcp_key is not null
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

ranks as (
    select * from {{ ref('source_ranks') }}
),

-- The payment reports' taxonomy is a path, "kind|specialty|subspecialty".
given as (
    select node_id, 'specialty' as attribute, coalesce(nullif(split_part(specialty, '|', 2), ''), specialty) as given_value from nodes
    union all
    select node_id, 'region', region from nodes
),

ranked as (
    select
        clusters.hcp_key, given.attribute, given.given_value,
        row_number() over (
            partition by clusters.hcp_key, given.attribute
            order by nodes.is_deleted, ranks.source_rank nulls last, nodes.changed_at desc nulls last, nodes.node_id
        ) as place
    from given
    inner join clusters on given.node_id = clusters.node_id
    inner join nodes on given.node_id = nodes.node_id
    left join ranks on given.attribute = ranks.attribute and nodes.source_system = ranks.source_system
    where given.given_value is not null
),

final as (
    select
        hcp_key, max(case when attribute = 'specialty' then given_value end) as specialty,
        max(case when attribute = 'region' then given_value end) as region
    from ranked
    where place = 1
    group by hcp_key
)

select * from final
