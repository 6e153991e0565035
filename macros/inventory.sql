{#-
  The record of processing (CMP-07) is the models' own yml: class of each column, purpose and origin of each model, which a
  column may override. Read from dbt's graph when the inventory is built, so no second list can drift from it.
-#}

{#- One row of literals per column of every published and restricted table. -#}
{% macro inventory_columns() -%}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- for model in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='unique_id')
            if model.schema in ['core', 'engagement', 'governance', 'restricted'] -%}
            {%- set of_model = model.config.meta.get('inventory', {}) -%}
            {%- for column in model.columns.values() -%}
                {%- set meta = column.config.meta -%}
                {%- set words = [
                    model.schema, model.alias, column.name, column.data_type, column.description | replace('\n', ' ') | trim, meta.class,
                    inventory_words(meta.purpose or of_model.purpose), inventory_words(meta.origin or of_model.origin)
                ] -%}
                {%- set cells = [] -%}
                {%- for word in words -%}
                    {%- do cells.append("'" ~ (word or '') | replace("'", "''") ~ "'") -%}
                {%- endfor -%}
                {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}

{#- One word, or several joined by semicolons. -#}
{% macro inventory_words(words) -%}
    {{ return(words if words is string or not words else words | join(';')) }}
{%- endmacro %}
