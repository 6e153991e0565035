with

attributes as (
    select * from {{ ref('int_hcps__attributes') }}
),

final as (
    select
        hcp_key, attribute, value_rank, given_value as attribute_value, source_system, id_type, id_value, valid_from_at, agreeing_sources,
        is_surviving, has_conflict
    from attributes
)

select * from final
