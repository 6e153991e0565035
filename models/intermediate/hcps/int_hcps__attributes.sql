with

ranks as (
    select * from {{ ref('source_ranks') }}
),

-- By the attribute's own ranks, then the systems', then recency, then id; deleted records last; null never beats a value.
ranked as (
    select
        given.*,
        row_number() over (
            partition by given.hcp_key, given.attribute
            order by
                given.is_deleted, ranks.source_rank nulls last, given.system_rank nulls last, given.valid_from_at desc nulls last,
                given.node_id nulls last, given.given_value
        ) as place
    from {{ ref('int_hcps__attribute_values') }} as given
    left join ranks on given.attribute = ranks.attribute and given.source_system = ranks.source_system
),

compared as (
    select
        hcp_key, attribute, compared_value, min(place) as place, count(distinct source_system) as agreeing_sources,
        bool_and(is_deleted) as is_deleted
    from ranked
    group by hcp_key, attribute, compared_value
),

counted as (
    select
        *,
        row_number() over (partition by hcp_key, attribute order by place) as value_rank,
        sum(case when is_deleted then 0 else 1 end) over (partition by hcp_key, attribute) as living_values,
        attribute in ('email', 'address', 'language') as is_multi_valued
    from compared
),

final as (
    select
        counted.hcp_key, counted.attribute, ranked.given_value, counted.value_rank, ranked.source_system, ranked.id_type, ranked.id_value,
        ranked.valid_from_at, counted.agreeing_sources, counted.value_rank = 1 or counted.is_multi_valued as is_surviving,
        counted.living_values > 1 and not counted.is_multi_valued as has_conflict
    from counted
    inner join ranked
        on counted.hcp_key = ranked.hcp_key and counted.attribute = ranked.attribute and counted.place = ranked.place
)

select * from final
