{%- set changed = ref('int_identity__changes') -%}
with recursive

{% if is_whole(changed) -%}
-- depends_on: {{ ref('int_identity__evidence') }} {{ ref('int_identity__former_evidence') }} {{ ref('int_identity__states') }}
final as (
    select cast(null as {{ type_text() }}) as node_id
)
{%- else -%}
changes as (
    select node_id from {{ changed }}
),

evidence as (
    select node_id, evidence from {{ ref('int_identity__evidence') }}
),

-- From what a changed id shows now and what it showed before, on to every id that shows the same, and to all that these show.
reached as (
    select evidence from {{ ref('int_identity__former_evidence') }}
    union
    select evidence.evidence from evidence inner join changes on evidence.node_id = changes.node_id
    union
    select further.evidence
    from reached
    inner join evidence as near on reached.evidence = near.evidence
    inner join evidence as further on near.node_id = further.node_id
),

ids as (
    select evidence.node_id from evidence inner join reached on evidence.evidence = reached.evidence
    union
    select node_id from changes
),

extent as (
    select
        count(*) > {{ var('identity_part_max_share') }} * (select count(*) from {{ ref('int_identity__states') }}) as is_whole
    from ids
),

final as (
    select ids.node_id from ids cross join extent where not extent.is_whole
    union all
    select null from extent where is_whole
)
{%- endif %}

select * from final
