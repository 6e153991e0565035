{#-
  Identity resolves only what the changes of a run can reach. Models that are `incremental` by the strategy `part` keep the rows
  of all other ids: those of the ids in `meta.part` (int_identity__part unless said otherwise) leave, and the model's rows come
  in their place. `unique_key` is the column that holds the id. A null id in the part means all: then everything is built anew.
-#}

{#- A table, or of it only the rows of the ids that this run resolves; inner joins to these need no such limit. -#}
{% macro part_of(model_name, node='node_id', part='int_identity__part') -%}
    {%- if model.resource_type == 'unit_test' -%}
        {{ return(ref(model_name)) }}
    {%- endif -%}
    {%- set rows, part_ids = ref(model_name), ref(part) -%}
    {%- if is_whole(part_ids) -%}
        {{ rows }}
    {%- else -%}
        (select * from {{ rows }} where {{ node }} in (select node_id from {{ part_ids }}))
    {%- endif -%}
{%- endmacro %}

{#- True where a part holds all ids. -#}
{% macro is_whole(part_ids) -%}
    {%- if not execute or flags.FULL_REFRESH or load_cached_relation(part_ids) is none -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return(run_query('select 1 from ' ~ part_ids ~ ' where node_id is null limit 1') | length > 0) }}
{%- endmacro %}

{#- dbt's own question whether an incremental model is to be built from nothing, with one more reason to say yes. -#}
{% macro should_full_refresh() -%}
    {%- if config.get('incremental_strategy') == 'part' and config.get('materialized') == 'incremental' and is_whole(ref(part_of_model())) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set full_refresh = config.get('full_refresh') -%}
    {{ return(flags.FULL_REFRESH if full_refresh is none else full_refresh) }}
{%- endmacro %}

{% macro part_of_model() -%}
    {{ return(model.config.meta.get('part', 'int_identity__part')) }}
{%- endmacro %}

{% macro get_incremental_part_sql(arguments) -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments['target_relation'] }} where {{ arguments['unique_key'] }} in (select node_id from {{ ref(part_of_model()) }});
    insert into {{ arguments['target_relation'] }} ({{ columns }}) select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}

{#-
  Whether an earlier run resolved everything and all tables that remember it still stand. int_identity__resolution is written last and
  removed first: after a run that died, or that was asked for some models only, the next one resolves all ids.
-#}
{% macro is_remembered() -%}
    {%- if not execute or flags.FULL_REFRESH -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set gone = [] -%}
    {%- for node in graph.nodes.values() if node.name == 'int_identity__resolution' or node.config.incremental_strategy == 'part' and node.config.materialized == 'incremental' -%}
        {%- if load_cached_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) is none -%}
            {%- do gone.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(gone | length == 0) }}
{%- endmacro %}

{#- What an earlier run left in a model's table: not `ref`, since that model comes after the one that asks. -#}
{% macro remembered(model_name) -%}
    {{ return(this.incorporate(path={'identifier': model_name})) }}
{%- endmacro %}

{#- The first step of a run: from here on until the last, the tables do not fit together. -#}
{% macro forget_resolution() -%}
    {%- set resolution = load_cached_relation(remembered('int_identity__resolution')) -%}
    {%- if execute and resolution is not none -%}
        {%- do adapter.drop_relation(resolution) -%}
    {%- endif -%}
{%- endmacro %}
