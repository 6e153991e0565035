with

candidates as (
    select * from {{ ref('int_hcps__country_candidates') }} where valid_from_at < valid_to_at
),

bounds as (
    select person_key, valid_from_at as bound_at from candidates
    union
    select person_key, valid_to_at from candidates
),

segments as (
    select
        person_key, bound_at as from_at,
        lead(bound_at) over (partition by person_key order by bound_at nulls last) as to_at
    from bounds
),

ranked as (
    select
        segments.person_key, segments.from_at, segments.to_at, candidates.country_code,
        row_number() over (
            partition by segments.person_key, segments.from_at
            order by candidates.is_deleted, candidates.source_rank nulls last, candidates.valid_from_at desc nulls last, candidates.node_id
        ) as place
    from segments
    inner join candidates
        on segments.person_key = candidates.person_key
        and segments.from_at >= candidates.valid_from_at
        and segments.from_at < candidates.valid_to_at
    where segments.to_at is not null
),

marked as (
    select
        *,
        case
            when lag(country_code) over (partition by person_key order by from_at nulls last) = country_code
                and lag(to_at) over (partition by person_key order by from_at nulls last) = from_at then 0
            else 1
        end as is_new
    from ranked
    where place = 1
),

numbered as (
    select *, sum(is_new) over (partition by person_key order by from_at nulls last rows unbounded preceding) as stretch from marked
),

final as (
    select
        person_key, country_code, nullif(min(from_at), timestamp '0001-01-01 00:00:00') as valid_from_at,
        nullif(max(to_at), timestamp '9999-12-31 00:00:00') as valid_to_at
    from numbered
    group by person_key, stretch, country_code
)

select * from final
