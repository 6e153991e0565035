with

columns_of_tables as (
    select *
    from (
        values
        {{ inventory_columns() | join(',\n        ') or "('', '', '', '', '', '', '', '')" }}
    ) as listed (table_schema, table_name, column_name, data_type, description, class, purpose, origin)
),

retention as (
    select * from {{ ref('retention_classes') }}
),

audiences as (
    select * from {{ ref('audiences') }}
),

-- The last row of a class that holds on the as-of date; before the first of them, the first.
retention_in_force as (
    select
        class, months, counted_from,
        row_number() over (
            partition by class
            order by
                case when valid_from_on <= cast('{{ var("as_of_on") }}' as date) then valid_from_on end desc nulls last, valid_from_on
        ) as place
    from retention
),

-- An audience reads a table by its own row for it, else by its row for all others; restricted tables are no audience's.
tables as (
    select table_schema, table_name from columns_of_tables group by table_schema, table_name
),

readers as (
    select
        tables.table_schema, tables.table_name,
        {{ dbt.listagg("others.audience", "';'", "order by others.audience") }} as audiences
    from tables
    inner join audiences as others on others.table_name = '*'
    left join audiences as own on others.audience = own.audience and tables.table_name = own.table_name
    where tables.table_schema <> 'restricted' and (own.audience is null or own.purposes is not null)
    group by tables.table_schema, tables.table_name
),

-- A row goes with the first of its columns to go: in a table with identifiers, everything is kept as long as they are.
final as (
    select
        columns_of_tables.table_schema, columns_of_tables.table_name, columns_of_tables.column_name,
        columns_of_tables.data_type, columns_of_tables.description,
        nullif(columns_of_tables.class, '') as class, nullif(columns_of_tables.purpose, '') as purpose,
        retention_in_force.months as retention_months, retention_in_force.counted_from,
        min(retention_in_force.months) over (
            partition by columns_of_tables.table_schema, columns_of_tables.table_name
        ) as row_retention_months,
        nullif(columns_of_tables.origin, '') as origin, readers.audiences
    from columns_of_tables
    left join retention_in_force on columns_of_tables.class = retention_in_force.class and retention_in_force.place = 1
    left join readers
        on columns_of_tables.table_schema = readers.table_schema and columns_of_tables.table_name = readers.table_name
)

select * from final
