with

digits as (
    select 0 as digit
    {%- for digit in range(1, 10) %}
    union all
    select {{ digit }}
    {%- endfor %}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

-- From the first year of the public payment reports on, so that the calendar depends on nobody's data.
days as (
    select cast({{ dbt.dateadd('day', 'number', "cast('2013-01-01' as date)") }} as date) as date_on, number from numbers
),

final as (
    select
        date_on,
        cast(extract(year from date_on) as integer) as year,
        cast(extract(quarter from date_on) as integer) as quarter,
        cast(extract(month from date_on) as integer) as month,
        cast({{ dbt.date_trunc('month', 'date_on') }} as date) as month_on,
        -- 1 January 2013 was a Tuesday
        (number + 1) % 7 + 1 as weekday,
        (number + 1) % 7 + 1 > 5 as is_weekend
    from days
    where date_on < {{ dbt.dateadd('day', 366, as_of_at()) }}
)

select * from final
