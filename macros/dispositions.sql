{#-
  What became of every raw row (contract sections 4.3 and 7; rulings 1-7, 11). The rules come from the registry, so a
  new object is a few lines of YAML and no edit here. Narrow columns only: a hundred million rows pass through this.
-#}

{#- One select per registered object: the row's place, its key, and the fault that keeps it out, if any. -#}
{% macro checked_rows() -%}
    {%- set selects = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.config.meta.key -%}
            {%- do selects.append(checked_object_rows(table)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(selects | join('\n    union all\n')) }}
{%- endmacro %}

{% macro checked_object_rows(table) -%}
    {%- set meta = table.config.meta -%}
    {%- set nullable = meta.nullable_key or [] -%}
    {%- set record_of = [table.source_meta.older_system, meta.like] if meta.like else [table.source_name, table.name] -%}
    {%- set key_parts, missing_parts = [], [] -%}
    {%- for name in meta.key -%}
        {#- A Salesforce `Id` of 15 characters is the same record as its 18-character form (GEN-01). -#}
        {#- A record that moved to Vault keeps the older id as its key, also where a deletes file names the Vault id alone (CRM-74). -#}
        {%- set part = salesforce_id('raw_rows.' ~ name) if name == 'Id' else 'raw_rows.' ~ name -%}
        {%- set part = 'coalesce(older_ids.older_id, ' ~ part ~ ')' if meta.like else part -%}
        {%- do key_parts.append("coalesce(" ~ part ~ ", '')" if name in nullable else part) -%}
        {%- if name not in nullable -%} {%- do missing_parts.append('raw_rows.' ~ name ~ ' is null') -%} {%- endif -%}
    {%- endfor -%}
    {%- set is_missing = missing_parts | join(' or ') -%}
    {%- set faults = column_faults(table) -%}
    select
        deliveries.delivery_order,
        raw_rows._row as row_number,
        {{ 'true' if meta.repeat == 'duplicate' else 'false' }} as is_event,
        deliveries.is_deletes{% for name, value in (meta.delete_when or {}).items() %} or coalesce(raw_rows.{{ name }} = '{{ value }}', false){% endfor %} or coalesce(raw_rows._reason = 'erased', false) as is_deletion,
        {{ compact_key("'" ~ record_of | join("|") ~ "|' || " ~ key_parts | join(" || '|' || ")) }} as record_key,
        left(raw_rows._hash, 12) as fingerprint,
        -- The reason and the columns at fault, `reason|A;B`, from one evaluation of the conditions.
        case
            when raw_rows._reason is not null then raw_rows._reason
            when {{ is_missing }} then 'null_key|' || {{ failing_names(meta.key | reject('in', nullable), none) }}
            {%- for reason, columns in faults.items() if columns %}
            when not deliveries.is_deletes and ({{ columns.values() | join(' or ') }}) then '{{ reason }}|' || {{ failing_names(columns.keys(), columns) }}
            {%- endfor %}
        end as fault
    from {{ source(table.source_name, table.name) }} as raw_rows
    inner join deliveries
        on raw_rows._delivery = deliveries.delivery
        and deliveries.system = '{{ table.source_name }}'
        and deliveries.object = '{{ table.name }}'
    {%- if meta.like %}
    left join older_ids on raw_rows.Id = older_ids.newer_id
    {%- endif %}
{%- endmacro %}

{#- Names of the columns whose condition holds, joined by `;`. -#}
{% macro failing_names(names, conditions) -%}
    concat_ws(';'{% for name in names %}, case when {{ conditions[name] if conditions else 'raw_rows.' ~ name ~ ' is null' }} then '{{ name }}' end{% endfor %})
{%- endmacro %}

{#- reason code -> {column: condition under which its value cannot be used}, in the order in which reasons are tried. -#}
{% macro column_faults(table) -%}
    {%- set faults = {'unparsable_date': {}, 'unparsable_number': {}, 'unknown_value': {}, 'future_event': {}, 'personal_value': {}} -%}
    {%- for column in loaded_columns(table) -%}
        {%- set value = 'raw_rows.' ~ column.name -%}
        {%- set type = column.config.meta.type -%}
        {%- if type in ('date', 'date_us', 'timestamp', 'timestamp_us') -%}
            {%- do faults.unparsable_date.update({column.name: '(' ~ value ~ ' is not null and (' ~ parse_typed(value, type) ~ ') is null)'}) -%}
        {%- elif type in ('integer', 'decimal') -%}
            {%- do faults.unparsable_number.update({column.name: '(' ~ value ~ ' is not null and (' ~ parse_typed(value, type) ~ ') is null)'}) -%}
        {%- elif type == 'boolean' -%}
            {%- do faults.unknown_value.update({column.name: '(' ~ value ~ ' is not null and (' ~ parse_boolean(value) ~ ') is null)'}) -%}
        {%- elif column.name == 'RecordTypeId' or column.config.meta.get('values') -%}
            {%- do faults.unknown_value.update({column.name: unknown_value(table, column)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for column in table.columns.values() if column.config.meta.published -%}
        {%- do faults.personal_value.update({column.name: '(lower(trim(raw_rows.' ~ column.name ~ ')) in (select value from withheld_values))'}) -%}
    {%- endfor -%}
    {%- set future = table.config.meta.future -%}
    {%- if future -%}
        {%- set zone = feed_zone(table.source_name, table.name) -%}
        {%- set value = parse_typed('raw_rows.' ~ future.column, table.columns[future.column].config.meta.type, zone) -%}
        {%- set conditions = [lies_ahead(value, 'deliveries.delivered_at')] -%}
        {%- for name, values in (future.where or {}).items() -%}
            {%- set spelled = [] -%}
            {%- for value in values -%} {%- do spelled.extend(spellings(table, name, value)) -%} {%- endfor -%}
            {%- do conditions.append('raw_rows.' ~ name ~ ' in (' ~ quoted(spelled) ~ ')') -%}
        {%- endfor -%}
        {%- do faults.future_event.update({future.column: '(' ~ conditions | join(' and ') ~ ')'}) -%}
    {%- endif -%}
    {#- A column that a row of some kind may not lack, under its own reason: a completion without date. -#}
    {%- set needed = table.config.meta.needed -%}
    {%- if needed -%}
        {%- set conditions = ['raw_rows.' ~ needed.column ~ ' is null'] -%}
        {%- for name, values in needed.where.items() -%}
            {%- do conditions.append('raw_rows.' ~ name ~ ' in (' ~ quoted(values) ~ ')') -%}
        {%- endfor -%}
        {%- do faults.update({needed.reason: {needed.column: '(' ~ conditions | join(' and ') ~ ')'}}) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro %}

{#- Later than an extract can know, and its day has not come (ruling 11). -#}
{% macro lies_ahead(moment, delivered_at) -%}
    ({{ moment }} > {{ delivered_at }} + interval '1' day and {{ moment }} >= cast('{{ var("as_of_on") }}' as date))
{%- endmacro %}

{% macro parse_typed(value, type, zone='UTC') -%}
    {%- if type == 'date' -%} {{ return(parse_date(value)) }}
    {%- elif type == 'date_us' -%} {{ return(parse_date(value, 'us')) }}
    {%- elif type == 'timestamp' -%} {{ return(parse_timestamp(value, zone)) }}
    {%- elif type == 'timestamp_us' -%} {{ return(parse_us_timestamp(value, zone)) }}
    {%- elif type == 'integer' -%} {{ return(parse_integer(value)) }}
    {%- else -%} {{ return(parse_decimal(value, 28, 6)) }}
    {%- endif -%}
{%- endmacro %}

{#-
  A value outside its closed list, which the operator may extend (ruling 8). A record type is named by its developer
  name or by an id that the optional object RecordType resolves (ruling 12); without a list any developer name will do.
-#}
{% macro unknown_value(table, column) -%}
    {%- set value = 'raw_rows.' ~ column.name -%}
    {%- set added = picklists(table.source_name, table.name).get(column.name, []) -%}
    {%- set known = [added] if added is string else added | list -%}
    {%- for listed in column.config.meta.get('values') or [] -%} {%- do known.extend(spellings(table, column.name, listed)) -%} {%- endfor -%}
    {%- if column.name != 'RecordTypeId' -%}
    ({{ value }} not in ({{ quoted(known) }}))
    {%- elif column.config.meta.get('values') -%}
    ({{ value }} not in ({{ quoted(known) }}) and {{ salesforce_id(value) }} not in (select record_type_id from record_types where developer_name in ({{ quoted(known) }})))
    {%- else -%}
    (length({{ value }}) in (15, 18) and {{ value }} like '012%' and {{ salesforce_id(value) }} not in (select record_type_id from record_types))
    {%- endif -%}
{%- endmacro %}

{#- What feeds.yml adds to the closed lists of an object: {column: values, or {theirs: ours}} (ruling 8). -#}
{% macro picklists(system, object) -%}
    {{ return((((var('feeds') or {}).get(system) or {}).get(object) or {}).get('picklists', {})) }}
{%- endmacro %}

{% macro quoted(values) -%}
    {%- for value in values -%} '{{ value | string | replace("'", "''") }}'{{ ', ' if not loop.last }} {%- endfor -%}
{%- endmacro %}
