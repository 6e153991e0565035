with

teams as (
    select * from {{ ref('stg_reference__teams') }}
),

-- The team as its latest membership tells it.
described as (
    select
        team,
        team_function,
        region,
        row_number() over (
            partition by team order by valid_from_on desc nulls last, team_function, region nulls last
        ) as position
    from teams
),

final as (
    select team, team_function, region from described where position = 1
)

select * from final
