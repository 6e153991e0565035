with

final as (
    select * from {{ ref('int_touchpoints__calls') }}
    union all
    select * from {{ ref('int_touchpoints__events') }}
    union all
    select * from {{ ref('int_touchpoints__remote_meetings') }}
    union all
    select * from {{ ref('int_touchpoints__multichannel_activities') }}
    union all
    select * from {{ ref('int_touchpoints__inquiries') }}
    union all
    select * from {{ ref('int_touchpoints__rep_emails') }}
    union all
    select * from {{ ref('int_touchpoints__marketing_emails') }}
    union all
    select * from {{ ref('int_touchpoints__webinars') }}
    union all
    select * from {{ ref('int_touchpoints__on24') }}
    union all
    select * from {{ ref('int_touchpoints__education') }}
    union all
    select * from {{ ref('int_touchpoints__payments') }}
)

select * from final
