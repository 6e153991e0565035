with

touchpoint_plan as (
    select * from {{ accepted('reference', 'touchpoint_plan') }}
),

final as (
    select
        plan_id,
        {{ salesforce_id('trim(source_hcp_id)') }} as account_id,
        {{ salesforce_id('user_id') }} as user_id,
        channel,
        {{ parse_date('planned_on') }} as planned_on,
        journey_id,
        lower(trim(status)) as status,
        {{ lineage('plan_id') }}
    from touchpoint_plan
)

select * from final
