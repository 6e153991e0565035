with

teams as (
    select * from {{ accepted('reference', 'teams') }}
),

final as (
    select
        {{ salesforce_id('user_id') }} as user_id,
        team,
        teams.function as team_function,
        region,
        {{ parse_date('valid_from') }} as valid_from_on,
        {{ parse_date('valid_to') }} as valid_to_on,
        {{ lineage("user_id || '|' || valid_from") }}
    from teams
)

select * from final
