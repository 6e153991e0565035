{%- set run_on = modules.datetime.date.fromisoformat(var('as_of_on') | string) -%}
{%- set days = [run_on] -%}
{%- for month in range(24) -%}
    {%- set months = run_on.year * 12 + run_on.month - 1 - month -%}
    {%- do days.append(modules.datetime.date(months // 12, months % 12 + 1, 1)) -%}
{%- endfor -%}

with

final as (
    {%- for day in days | unique %}
    {{ 'union all ' if not loop.first }}select cast('{{ day }}' as date) as as_of_on
    {%- endfor %}
)

select * from final
