{#-
  One select per object that carries free text: every delivered row once per such column, and once for the line that could not
  be split. Nothing is left out, whatever becomes of the row (CMP-32); the files are opened once.
-#}
{% macro free_texts() -%}
    {%- set selects = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.config.meta.key -%}
            {%- set columns = loaded_columns(table) | selectattr('config.meta.free_text', 'defined') | list -%}
            {%- if columns -%} {%- do selects.append(free_texts_of(table, columns)) -%} {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(selects | join('\n    union all\n')) }}
{%- endmacro %}

{% macro free_texts_of(table, columns) -%}
    {%- set with_contacts = columns | selectattr('config.meta.holds_contacts', 'defined') | map(attribute='name') | list -%}
    {%- set json = columns | selectattr('config.meta.type', 'defined') | selectattr('config.meta.type', 'equalto', 'json') | map(attribute='name') | list -%}
    {%- set all_with_contacts = with_contacts | length == columns | length -%}
    {%- set key_parts = [] -%}
    {%- for name in table.config.meta.key -%}
        {%- set part = salesforce_id('raw_rows.' ~ name) if name == 'Id' else 'raw_rows.' ~ name -%}
        {%- do key_parts.append("coalesce(" ~ part ~ ", '')" if name in (table.config.meta.nullable_key or []) else part) -%}
    {%- endfor -%}
    select
        '{{ table.source_name }}' as system,
        '{{ table.name }}' as object,
        raw_rows._delivery as delivery,
        raw_rows._row as row_number,
        raw_rows._delivered_at as delivered_at,
        {{ key_parts | join(" || '|' || ") }} as record_id,
        {{ happened_at(table) }} as happened_at,
        cells.column_name,
        case cells.column_name
            when '_line' then raw_rows._line
            {%- for column in columns %}
            when '{{ column.name }}' then raw_rows.{{ column.name }}
            {%- endfor %}
        end as cell,
        cells.is_json,
        cells.holds_contacts
    from {{ source(table.source_name, table.name) }} as raw_rows
    cross join (values
        ('_line', false, {{ all_with_contacts | lower }})
        {%- for column in columns %},
        ('{{ column.name }}', {{ (column.name in json) | lower }}, {{ (column.name in with_contacts) | lower }})
        {%- endfor %}
    ) as cells (column_name, is_json, holds_contacts)
{%- endmacro %}

{#- The instant of the event that a row tells of, by the registry; null where it names none. -#}
{% macro happened_at(table) -%}
    {%- set future = table.config.meta.future or {} -%}
    {%- set instants = [] -%}
    {%- for name in table.config.meta.happened or ([future.column] if future else []) -%}
        {%- set parsed = parse_typed('raw_rows.' ~ name, table.columns[name].config.meta.type, feed_zone(table.source_name, table.name)) -%}
        {%- do instants.append('cast(' ~ parsed ~ ' as timestamp)') -%}
    {%- endfor -%}
    {{ return('coalesce(' ~ instants | join(', ') ~ ', cast(null as timestamp))' if instants else 'cast(null as timestamp)') }}
{%- endmacro %}

{#- The kinds of hits, and the items of each: a case has one item, the gravest; an identifier its letter in the law (compliance.md, section 3). -#}
{% macro safety_items() -%}
    {{ return({
        'adverse_event': ['outcome', 'misuse', 'reaction', 'stopped', 'no_effect', 'unwell', 'stated'],
        'patient_identifier': ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R'],
    }) }}
{%- endmacro %}

{#- Items that a column of the feed's own contact data (a server's answer, a form) holds by its nature. -#}
{% macro contact_items() -%}
    {{ return(['A', 'B', 'D', 'E', 'F', 'K', 'N', 'O']) }}
{%- endmacro %}
