with

migrated as (
    {%- for table in newer_tables() %}
    select Id as newer_id, {{ table.source_meta.older_id }} as older_id from {{ source(table.source_name, table.name) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Of two older ids the smallest, whichever came first: an id that names two records cannot be told from the file.
final as (
    select newer_id, min({{ salesforce_id('trim(older_id)') }}) as older_id
    from migrated
    where newer_id is not null and length(trim(older_id)) in (15, 18)
    group by newer_id
)

select * from final
