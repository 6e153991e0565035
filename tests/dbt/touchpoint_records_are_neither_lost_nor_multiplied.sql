-- What goes into each channel's model comes out of the identified touches: joins to teams, content, addresses, people and
-- countries keep the number of rows.
with

counted as (
    select 'calls' as step, (select count(*) from {{ ref('int_calls__attendees') }}) as rows_in,
        (select count(*) from {{ ref('int_touchpoints__calls') }}) as rows_out
    union all
    select 'events', (select count(*) from {{ ref('int_events__appearances') }} where touchpoint_type is not null),
        (select count(*) from {{ ref('int_touchpoints__events') }})
    union all
    select 'remote meetings', (select count(*) from {{ ref('int_remote_meetings__attendees') }}),
        (select count(*) from {{ ref('int_touchpoints__remote_meetings') }})
    union all
    select 'rep emails', (select count(*) from {{ ref('int_rep_emails__sends') }}),
        (select count(*) from {{ ref('int_touchpoints__rep_emails') }})
    union all
    select 'marketing emails', (select count(distinct record_id) from {{ ref('int_marketing_emails__sends') }}),
        (select count(*) from {{ ref('int_touchpoints__marketing_emails') }})
    union all
    select 'webinars', (select count(distinct record_id) from {{ ref('int_webinars__presence') }}),
        (select count(*) from {{ ref('int_touchpoints__webinars') }})
    union all
    select 'on24', (select count(*) from {{ ref('int_on24__viewings') }}),
        (select count(*) from {{ ref('int_touchpoints__on24') }})
    union all
    select 'identity and interactions', (select count(*) from {{ ref('int_touchpoints__unioned') }}),
        (select count(*) from {{ ref('int_touchpoints__keyed') }})
    union all
    select 'identified', (select count(distinct touchpoint_id) from {{ ref('int_touchpoints__keyed') }}),
        (select count(*) from {{ ref('int_touchpoints__identified') }})
    union all
    select 'transfers', (select count(*) from {{ ref('stg_cms_open_payments__general_payments') }})
            + (select count(*) from {{ ref('int_events__appearances') }} where has_consumed_meal),
        (select count(*) from {{ ref('fct_transfers_of_value') }})
)

select * from counted where rows_in <> rows_out
