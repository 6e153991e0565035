{%- set flags = [
    'is_push', 'is_permitted_push', 'is_refused_push_known', 'is_refused_push_learned', 'is_without_basis', 'is_on_prohibited_channel',
    'is_insecure', 'is_of_unapproved_content', 'is_of_expired_content', 'is_without_disclosure', 'is_by_uncertified', 'is_widened_by_merge'
] -%}
{%- set counts = ['touches', 'is_in_breach', 'patient_identifier_hits'] -%}
with

subjects as (
    select * from {{ ref('int_compliance__subjects') }}
),

as_of_dates as (
    select * from {{ ref('int_engagement__as_of_dates') }}
),

-- A breach of the rules on accredited education is registered under that purpose: here it would tell sales who was there.
breaking as (
    select touchpoint_id, purpose from {{ ref('int_compliance__breaches') }} group by touchpoint_id, purpose
),

-- A patient's data in the text of a touch's records, whether or not somebody has settled it since.
hits as (
    select touchpoint_id, count(*) as hits from {{ ref('int_safety__touches') }} where kind = 'patient_identifier' group by touchpoint_id
),

retention as (
    select min(months) as months from {{ ref('retention_classes') }} where class = 'personal'
),

per_day as (
    select
        touches.hcp_key, touches.channel, touches.purpose, touches.touched_on, count(*) as touches,
        {%- for flag in flags %}
        count(case when touches.{{ flag }} then 1 end) as {{ flag }},
        {%- endfor %}
        count(case when breaking.touchpoint_id is not null then 1 end) as is_in_breach,
        sum(coalesce(hits.hits, 0)) as patient_identifier_hits
    from {{ ref('int_compliance__touches') }} as touches
    left join breaking on touches.touchpoint_id = breaking.touchpoint_id and touches.purpose = breaking.purpose
    left join hits on touches.touchpoint_id = hits.touchpoint_id
    group by touches.hcp_key, touches.channel, touches.purpose, touches.touched_on
),

-- A day counts from the first as-of date after it on; the sums then run.
days as (
    select days.touched_on, min(as_of_dates.as_of_on) as as_of_on
    from (select touched_on from per_day group by touched_on) as days
    inner join as_of_dates on days.touched_on < as_of_dates.as_of_on
    group by days.touched_on
),

-- A published fact is kept until its months are over, and counts as kept too long from then on.
overdue as (
    select per_day.hcp_key, per_day.channel, per_day.purpose, as_of_dates.as_of_on, sum(per_day.touches) as touches
    from per_day
    cross join retention
    inner join as_of_dates on per_day.touched_on + interval '1' month * retention.months < as_of_dates.as_of_on
    group by per_day.hcp_key, per_day.channel, per_day.purpose, as_of_dates.as_of_on
),

per_date as (
    select
        per_day.hcp_key, per_day.channel, per_day.purpose, days.as_of_on
        {%- for column in counts + flags %}, sum(per_day.{{ column }}) as {{ column }}{% endfor %}
    from per_day
    inner join days on per_day.touched_on = days.touched_on
    group by per_day.hcp_key, per_day.channel, per_day.purpose, days.as_of_on
),

final as (
    select
        subjects.hcp_key, subjects.channel, subjects.purpose, subjects.as_of_on
        {%- for column in counts + flags %},
        cast(sum(coalesce(per_date.{{ column }}, 0)) over up_to as bigint) as {{ column }}
        {%- endfor %},
        cast(coalesce(overdue.touches, 0) as bigint) as is_over_retention
    from subjects
    left join overdue
        on subjects.hcp_key = overdue.hcp_key and subjects.channel = overdue.channel
        and subjects.purpose = overdue.purpose and subjects.as_of_on = overdue.as_of_on
    left join per_date
        on subjects.hcp_key = per_date.hcp_key and subjects.channel = per_date.channel
        and subjects.purpose = per_date.purpose and subjects.as_of_on = per_date.as_of_on
    window up_to as (
        partition by subjects.hcp_key, subjects.channel, subjects.purpose order by subjects.as_of_on rows between unbounded preceding and current row
    )
)

select * from final
