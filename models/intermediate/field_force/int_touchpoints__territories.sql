with

touches as (
    select * from {{ ref('int_touchpoints__identified') }} where id_type = 'veeva_crm_account' and id_value is not null
),

links as (
    select
        *,
        cast(created_at as date) as created_on,
        case when is_deleted then cast(modified_at as date) end as deleted_on
    from {{ ref('stg_veeva_crm__territory_links') }}
    where territory is not null
),

users as (
    select user_id, territory from {{ ref('stg_veeva_crm__users') }}
),

-- Of the territories that an account had on the day, the touch gets one: the user's own, else the one linked last.
ranked as (
    select
        touches.touchpoint_id,
        links.territory,
        row_number() over (
            partition by touches.touchpoint_id
            order by
                case when links.territory = users.territory then 0 else 1 end,
                links.created_at desc nulls last,
                links.territory
        ) as position
    from touches
    inner join links
        on touches.id_value = links.account_id
        and coalesce(touches.business_on >= links.created_on, true)
        and coalesce(touches.business_on < links.deleted_on, true)
    left join users on touches.user_id = users.user_id
),

final as (
    select touchpoint_id, territory from ranked where position = 1
)

select * from final
