{#- Ids that vanished may have been erased: nothing of them stays behind in what only the run needed. -#}
{{ config(post_hook=[
    "delete from {{ ref('int_identity__changes') }}", "delete from {{ ref('int_identity__former_evidence') }}",
    "delete from {{ ref('int_identity__part') }}",
]) }}
with

-- Clusters come after every table that remembers, so a run that reaches this one has brought all of them up to date.
final as (
    select
        (select count(*) from {{ ref('int_identity__clusters') }}) as id_count,
        (select count(node_id) from {{ ref('int_identity__changes') }}) as changed_count,
        (select count(node_id) from {{ ref('int_identity__part') }}) as resolved_count,
        (select count(*) > count(node_id) from {{ ref('int_identity__part') }}) as is_whole
)

select * from final
