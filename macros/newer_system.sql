{#-
  Objects that a newer system brings under names of its own (in the registry: `like`, `names`, `references`; Vault CRM).
  Raw has their columns under the older names already. Here their ids and values become the older ones too, so that all
  that reads the older object reads both (CRM-74, CRM-75).
-#}

{#- The table that brings rows of this object under newer names, or none. Unit tests know no registry. -#}
{% macro newer_table(system, object) -%}
    {%- if execute -%}
        {%- for table in (graph.get('sources') or {}).values() if table.config.meta.like == object and table.source_meta.older_system == system -%}
            {{ return(table) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#- All tables under newer names. -#}
{% macro newer_tables() -%}
    {%- if execute -%}
        {{ return(graph.sources.values() | selectattr('config.meta.like', 'defined') | selectattr('config.meta.like') | sort(attribute='unique_id') | list) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro %}

{#- How a table may spell a value of the registry: as it is, in the newer system's way, and as the operator maps it (ruling 8). -#}
{% macro spellings(table, column, value) -%}
    {%- set found = [value] -%}
    {%- if table.config.meta.like -%} {%- do found.append(newer_value(table, value)) -%} {%- endif -%}
    {%- set mapped = picklists(table.source_name, table.name).get(column, {}) -%}
    {%- if mapped is mapping -%}
        {%- for theirs, ours in mapped.items() if ours == value -%} {%- do found.append(theirs) -%} {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#- `Submitted_vod` is `submitted__v`: lower case, blanks as underscores, another ending. -#}
{% macro newer_value(table, value) -%}
    {%- for older, newer in table.source_meta.value_endings.items() if value.endswith(older) -%}
        {{ return(value[:value | length - older | length] | lower | replace(' ', '_') ~ newer) }}
    {%- endfor -%}
{%- endmacro %}

{#- The columns of `older` from a table under newer names: one select list for both, in the order of the registry. -#}
{% macro columns_in_older_terms(older, newer) -%}
    {%- set mappings = picklists(newer.source_name, newer.name) -%}
    {%- for column in loaded_columns(older) %}
            {%- set raw_value = 'raw_rows.' ~ column.name -%}
            {%- set spelled = {} -%}
            {%- for value in (column.config.meta.get('values') or []) + (column.config.meta.known or []) -%}
                {%- for spelling in spellings(newer, column.name, value) if spelling != value -%} {%- do spelled.update({spelling: value}) -%} {%- endfor -%}
            {%- endfor -%}
            {%- if mappings.get(column.name) is mapping -%} {%- do spelled.update(mappings[column.name]) -%} {%- endif %}
            {% if column.name in older.config.meta.key or column.name in (newer.config.meta.references or []) -%}
            coalesce(older_{{ column.name }}.older_id, {{ raw_value }}) as {{ column.name }},
            {%- elif spelled -%}
            {{ replaced(raw_value, spelled) }} as {{ column.name }},
            {%- else -%}
            {{ raw_value }},
            {%- endif -%}
    {%- endfor %}
            raw_rows._delivery,
            raw_rows._row,
            raw_rows._delivered_at
{%- endmacro %}

{#- The joins that find the older ids of the row and of what it refers to. -#}
{% macro older_id_joins(newer, older_ids) -%}
    {%- for name in newer.config.meta.key + (newer.config.meta.references or []) %}
        left join {{ older_ids }} as older_{{ name }} on raw_rows.{{ name }} = older_{{ name }}.newer_id
    {%- endfor -%}
{%- endmacro %}
