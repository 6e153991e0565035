{#- The current rows of an object: what staging reads. All raw columns, and `_first_delivered_at`. -#}
{% macro accepted(system, object) -%}
    {{ raw_rows_by_disposition(system, object, ['accepted']) }}
{%- endmacro %}

{#- Every state that a record ever had, with `_disposition`: for rules that ask for the value of the time (ruling 5). -#}
{% macro versions(system, object) -%}
    {{ raw_rows_by_disposition(system, object, ['accepted', 'superseded', 'deleted']) }}
{%- endmacro %}

{#- Rows of the object's own folder, and of the newer system's where the registry knows one. -#}
{% macro raw_rows_by_disposition(system, object, dispositions) -%}
    {%- set newer = newer_table(system, object) -%}
    {#- dbt must see the reference before it can know the registry. -#}
    {%- set older_ids = ref('stg_veeva_vault__older_ids') if newer or (not execute and system == 'veeva_crm') -%}
    (
        select
            {{ mapped_columns(system, object, only_registered=newer is not none) }},
            {{ disposed_columns(source(system, object), system, object, dispositions) }}
        {%- if newer %}
        union all
        select
            {{ columns_in_older_terms(registered_table(system, object), newer) }},
            {{ disposed_columns(source(newer.source_name, newer.name), newer.source_name, newer.name, dispositions, older_id_joins(newer, older_ids)) }}
        {%- endif %}
    )
{%- endmacro %}

{% macro disposed_columns(raw_relation, system, object, dispositions, joins='') -%}
            dispositions.system as _system,
            dispositions.object as _object,
            dispositions.disposition as _disposition,
            dispositions.first_delivered_at as _first_delivered_at
        from {{ raw_relation }} as raw_rows
        inner join {{ ref('stg_rapport__dispositions') }} as dispositions
            on raw_rows._delivery = dispositions.delivery
            and raw_rows._row = dispositions.row_number
        {{- joins }}
        where
            dispositions.system = '{{ system }}'
            and dispositions.object = '{{ object }}'
            and dispositions.disposition in ({{ quoted(dispositions) }})
            and not dispositions.is_deletion
{%- endmacro %}

{#-
  The raw columns, the operator's own values in ours. Raw keeps them as they came, so that a value mapped later mends
  old rows too (GEN-13).
-#}
{% macro mapped_columns(system, object, only_registered=false) -%}
    {%- set mappings = {} -%}
    {%- for column, values in picklists(system, object).items() if values is mapping -%} {%- do mappings.update({column: values}) -%} {%- endfor -%}
    {%- if only_registered -%}
        {%- for column in loaded_columns(registered_table(system, object)) -%}
            {{ replaced('raw_rows.' ~ column.name, mappings[column.name]) ~ ' as ' ~ column.name if column.name in mappings else 'raw_rows.' ~ column.name }},
            {% endfor -%}
            raw_rows._delivery,
            raw_rows._row,
            raw_rows._delivered_at
    {%- else -%}
        {{ all_except('raw_rows', mappings | list) }}
        {%- for column, values in mappings.items() %},
            {{ replaced('raw_rows.' ~ column, values) }} as {{ column }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- A column with some of its values replaced: {theirs: ours}. -#}
{% macro replaced(column, values) -%}
    case {{ column }}
                {%- for theirs, ours in values.items() %} when {{ quoted([theirs]) }} then {{ quoted([ours]) }}{% endfor %}
                else {{ column }}
            end
{%- endmacro %}

{#- The registry's entry of an object; none in unit tests. -#}
{% macro registered_table(system, object) -%}
    {%- for table in (graph.get('sources') or {}).values() if table.source_name == system and table.name == object -%}
        {{ return(table) }}
    {%- endfor -%}
{%- endmacro %}

{#- The columns of an object that reach raw. -#}
{% macro loaded_columns(table) -%}
    {%- set loaded = [] -%}
    {%- for column in table.columns.values() if column.config.meta.load is not defined or column.config.meta.load -%}
        {%- do loaded.append(column) -%}
    {%- endfor -%}
    {{ return(loaded) }}
{%- endmacro %}

{#- The columns that end every staging model: the way back to the delivered row. -#}
{% macro lineage(record_id) -%}
    {{ record_id }} as record_id,
    _delivery as delivery,
    _row as row_number,
    _delivered_at as delivered_at,
    _first_delivered_at as first_delivered_at
{%- endmacro %}

{#- The landing folder of the row: that of the system which brought its state of today. -#}
{% macro folder() -%}
    _system as source_system,
    _object as source_object
{%- endmacro %}
