with

teams as (
    select * from {{ ref('stg_reference__teams') }}
),

-- Of overlapping memberships the later one holds, so that a user's day has one team and no join fans out.
final as (
    select
        user_id,
        team,
        team_function,
        region,
        valid_from_on,
        least(
            valid_to_on,
            lead(valid_from_on) over (partition by user_id order by valid_from_on nulls first, team)
        ) as valid_to_on
    from teams
)

select * from final
