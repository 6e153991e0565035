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
        rank() over (
            partition by segments.person_key, segments.from_at order by candidates.is_deleted, candidates.source_rank nulls last
        ) as standing,
        row_number() over (
            partition by segments.person_key, segments.from_at
            order by candidates.is_deleted, candidates.source_rank nulls last, candidates.changed_at desc nulls last, candidates.node_id
        ) as place
    from segments
    inner join candidates
        on segments.person_key = candidates.person_key
        and segments.from_at >= candidates.valid_from_at
        and segments.from_at < candidates.valid_to_at
    where segments.to_at is not null
),

-- Records of equal standing that disagree: each may be right, and the strictest regime counts (compliance.md 2.2, rule 10).
possible as (
    select person_key, from_at, country_code from ranked where standing = 1 group by person_key, from_at, country_code
),

lists as (
    select person_key, from_at, {{ dbt.listagg('country_code', "';'", 'order by country_code') }} as country_codes
    from possible
    group by person_key, from_at
),

marked as (
    select
        ranked.*, lists.country_codes,
        case
            when lag(ranked.country_code) over (partition by ranked.person_key order by ranked.from_at) = ranked.country_code
                and lag(lists.country_codes) over (partition by ranked.person_key order by ranked.from_at) = lists.country_codes
                and lag(ranked.to_at) over (partition by ranked.person_key order by ranked.from_at) = ranked.from_at then 0
            else 1
        end as is_new
    from ranked
    inner join lists on ranked.person_key = lists.person_key and ranked.from_at = lists.from_at
    where ranked.place = 1
),

numbered as (
    select *, sum(is_new) over (partition by person_key order by from_at nulls last rows unbounded preceding) as stretch from marked
),

final as (
    select
        person_key, country_code, country_codes, nullif(min(from_at), timestamp '0001-01-01 00:00:00') as valid_from_at,
        nullif(max(to_at), timestamp '9999-12-31 00:00:00') as valid_to_at
    from numbered
    group by person_key, stretch, country_code, country_codes
)

select * from final
