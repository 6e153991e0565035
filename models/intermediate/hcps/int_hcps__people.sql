with

records as (
    select * from {{ ref('int_hcps__records') }}
),

final as (
    select
        hcp_key, count(distinct source_system) as identity_sources, min(seen_on) as first_seen_on,
        bool_or(is_in_conflict) or coalesce(min(npi) <> max(npi), false) as has_identity_conflict,
        bool_or(is_known_commercially) as is_known_commercially,
        count(distinct case when is_commercial then source_system end) as identity_sources_commercial,
        min(case when is_commercial then seen_on end) as first_seen_on_commercial,
        bool_or(is_commercial and is_in_conflict)
        or coalesce(min(case when is_commercial then npi end) <> max(case when is_commercial then npi end), false)
            as has_identity_conflict_commercial
    from records
    group by hcp_key
)

select * from final
