with

profile_blocks as (
    select * from {{ ref('int_identity__profile_blocks') }}
),

-- Each of n profiles meets the n - 1 others, and every pair is met twice.
final as (
    select
        blocking_rule,
        cast(sum(case when is_compared then block_size - 1 else 0 end) / 2 as bigint) as candidate_pairs,
        count(distinct case when not is_compared then block_key end) as oversized_blocks
    from profile_blocks
    group by blocking_rule
)

select * from final
