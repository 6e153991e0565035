-- A view: a second copy of one row per raw row would cost more than its two readers do.
{{ config(materialized='view') }}

with

dispositions as (
    select * from {{ ref('stg_rapport__dispositions') }}
),

late_reasons as (
    select system, object, delivery, row_number, reason_code, column_names from {{ ref('int_quarantine__merge_loops') }}
    union all
    select system, object, delivery, row_number, reason_code, column_names from {{ ref('int_quarantine__missing_parents') }}
    union all
    select system, object, delivery, row_number, reason_code, column_names from {{ ref('int_quarantine__unknown_events') }}
    union all
    select system, object, delivery, row_number, reason_code, column_names from {{ ref('int_quarantine__missing_starts') }}
    union all
    select system, object, delivery, row_number, reason_code, column_names from {{ ref('int_quarantine__unshared_learners') }}
    union all
    select system, object, delivery, row_number, reason_code, column_names from {{ ref('int_quarantine__responses') }}
),

late_quarantine as (
    select system, object, delivery, row_number, min(reason_code) as reason_code, min(column_names) as column_names
    from late_reasons
    group by system, object, delivery, row_number
),

final as (
    select
        dispositions.system,
        dispositions.object,
        dispositions.delivery,
        dispositions.row_number,
        dispositions.is_deletion,
        case
            when dispositions.disposition = 'accepted' and late_quarantine.reason_code is not null then 'quarantined'
            else dispositions.disposition
        end as disposition,
        case
            when dispositions.disposition = 'accepted' then late_quarantine.reason_code
            else dispositions.reason_code
        end as reason_code,
        case
            when dispositions.disposition = 'accepted' then late_quarantine.column_names
            else dispositions.column_names
        end as column_names,
        dispositions.delivered_at
    from dispositions
    left join late_quarantine
        on dispositions.system = late_quarantine.system
        and dispositions.object = late_quarantine.object
        and dispositions.delivery = late_quarantine.delivery
        and dispositions.row_number = late_quarantine.row_number
)

select * from final
