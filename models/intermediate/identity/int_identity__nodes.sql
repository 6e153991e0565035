with

unioned as (
    select * from {{ ref('int_identity__nodes_veeva_crm') }}
    union all
    select * from {{ ref('int_identity__nodes_sfmc') }}
    union all
    select * from {{ ref('int_identity__nodes_zoom') }}
    union all
    select * from {{ ref('int_identity__nodes_cme_pars') }}
    union all
    select * from {{ ref('int_identity__nodes_cms_open_payments') }}
),

ranks as (
    select * from {{ ref('source_ranks') }} where attribute = 'identity'
),

-- A guest's id is the address itself: the type keeps it apart from other ids of the same system.
named as (
    select
        source_system || '|' || case when id_type = 'zoom_guest' then 'guest|' else '' end || id_value as node_id,
        unioned.*
    from unioned
),

final as (
    select named.*, ranks.source_rank, {{ keyed_hash('named.node_id') }} as own_key
    from named
    left join ranks on named.source_system = ranks.source_system
)

select * from final
