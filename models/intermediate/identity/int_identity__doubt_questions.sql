with

members as (
    select * from {{ ref('int_identity__members') }}
),

-- One id under names that disagree joins neither (IDN-06); each pair of names is asked, of many names one.
name_conflicts as (
    select 'name_conflict' as kind, node_a, node_b, known_at as opened_at
    from (
        select *, row_number() over (partition by rule, claim order by name_a, name_b) as place
        from {{ ref('int_identity__claim_names') }}
        where rule <> 'email' and not do_agree
    ) as names
    where name_count <= 4 or place = 1
),

national_ids as (
    select members.cluster_id, ids.country_code, ids.id_type, ids.id_value, min(ids.node_id) as node_id, max(ids.known_at) as known_at
    from {{ ref('int_identity__national_ids') }} as ids
    inner join members on ids.node_id = members.node_id
    group by members.cluster_id, ids.country_code, ids.id_type, ids.id_value
),

id_conflicts as (
    select 'national_ids_in_conflict' as kind, min(node_id) as node_a, max(node_id) as node_b, max(known_at) as opened_at
    from national_ids
    group by cluster_id, country_code, id_type
    having count(*) > 1 and min(node_id) <> max(node_id)
),

-- First and last id: `same` says that the size is right until another joins, `different` parts them.
large_clusters as (
    select 'large_cluster' as kind, first_node_id as node_a, last_node_id as node_b, last_known_at as opened_at
    from {{ ref('int_identity__cluster_sizes') }}
    where holder_count > {{ var('identity_review_max_ids') }}
),

final as (
    select kind, node_a, node_b, opened_at from name_conflicts
    union all
    select kind, node_a, node_b, opened_at from id_conflicts
    union all
    select kind, node_a, node_b, opened_at from large_clusters
)

select * from final
