with

journeys as (
    select * from {{ accepted('reference', 'journeys') }}
),

final as (
    select
        journey_id,
        {{ salesforce_id('owner_user_id') }} as owner_user_id,
        purpose,
        entry as entry_rule,
        journeys.exit as exit_rule,
        {{ lineage('journey_id') }}
    from journeys
)

select * from final
