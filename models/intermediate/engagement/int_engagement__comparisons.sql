with

scores as (
    select * from {{ ref('int_engagement__scores') }}
),

touch_counts as (
    select * from {{ ref('int_engagement__touch_counts') }}
),

hcps as (
    select * from {{ ref('dim_hcps') }}
),

members as (
    select
        scores.hcp_key, scores.eqs_scope, scores.measured_on, scores.eqs_score,
        coalesce(touch_counts.touches_90d, 0) as touches_90d, hcps.peer_group, hcps.specialty
    from scores
    inner join hcps on scores.hcp_key = hcps.hcp_key
    left join touch_counts
        on scores.hcp_key = touch_counts.hcp_key
        and scores.eqs_scope = touch_counts.eqs_scope
        and scores.measured_on = touch_counts.measured_on
    where scores.is_as_of
),

candidates as (
    select *, 1 as place, peer_group as compared_with from members
    union all
    select *, 2 as place, specialty as compared_with from members where specialty is not null
    union all
    select *, 3 as place, 'all' as compared_with from members
),

peers as (
    select
        eqs_scope, measured_on, place, compared_with,
        count(*) as hcp_count, median(eqs_score) as median_score, median(touches_90d) as median_touches
    from candidates
    group by eqs_scope, measured_on, place, compared_with
),

-- A group that is too small gives way to the specialty, then to everybody.
ranked as (
    select
        candidates.*, peers.median_score, peers.median_touches,
        percent_rank() over (
            partition by candidates.eqs_scope, candidates.measured_on, candidates.place, candidates.compared_with
            order by candidates.eqs_score
        ) as peer_percentile,
        min(case when peers.hcp_count >= {{ var('eqs_peer_min_hcps') }} or candidates.place = 3 then candidates.place end) over (
            partition by candidates.hcp_key, candidates.eqs_scope, candidates.measured_on
        ) as chosen_place
    from candidates
    inner join peers
        on candidates.eqs_scope = peers.eqs_scope
        and candidates.measured_on = peers.measured_on
        and candidates.place = peers.place
        and candidates.compared_with = peers.compared_with
),

final as (
    select
        ranked.hcp_key, ranked.eqs_scope, ranked.measured_on,
        round(ranked.peer_percentile, 6) as peer_percentile,
        case when touches_90d > median_touches then 'high_quantity' else 'low_quantity' end
        || case when eqs_score > median_score then '_high_quality' else '_low_quality' end as quantity_quality_quadrant
    from ranked
    where place = chosen_place
)

select * from final
