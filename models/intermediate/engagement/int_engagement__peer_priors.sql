with

hcps as (
    select * from {{ ref('dim_hcps') }}
),

priors as (
    select * from {{ ref('eqs_peer_priors') }}
    where prior_version = '{{ var("eqs_prior_version") }}' and hcp_count >= {{ var('eqs_peer_min_hcps') }}
),

final as (
    select
        hcps.hcp_key,
        cast(coalesce(peers.alpha, colleagues.alpha, everyone.alpha, {{ var('eqs_prior_alpha_default') }}) as double) as alpha,
        cast(coalesce(peers.beta, colleagues.beta, everyone.beta, {{ var('eqs_prior_beta_default') }}) as double) as beta,
        cast(coalesce(
            peers.tolerance_p75, colleagues.tolerance_p75, everyone.tolerance_p75, {{ var('eqs_tolerance_default') }}
        ) as double) as tolerance,
        case
            when coalesce(peers.tolerance_p75, colleagues.tolerance_p75, everyone.tolerance_p75) is null then 'default'
            else 'peers'
        end as tolerance_source
    from hcps
    left join priors as peers on hcps.peer_group = peers.peer_group
    left join priors as colleagues on hcps.specialty = colleagues.peer_group
    left join priors as everyone on everyone.peer_group = 'all'
)

select * from final
