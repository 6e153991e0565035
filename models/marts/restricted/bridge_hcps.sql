with

clusters as (
    select * from {{ ref('int_identity__clusters') }} where hcp_key is not null
),

final as (
    select
        hcp_key, source_system, id_type, id_value, method,
        case when tier in (5, 8, 9) then 'low' when tier > 2 then 'medium' else 'high' end as confidence,
        case
            when is_anchor then 'the record of this person that was delivered first'
            when tier = 2 then 'another record of this person refers to it, or the CRM merged them'
            when tier = 1 then 'it carries the same valid NPI or other national id as another record of this person'
            when tier = 0 then 'a steward decided that it is the same person'
            when tier = 4 then 'it bears the same name, city and specialty as another record of this person'
            when tier = 5 then 'it bears the same name and city as another record of this person'
            when tier > 5 then 'the pinned model holds it for a match with another record of this person'
            else 'it uses the same email address, not a shared one, as another record of this person'
        end as reason,
        joined_at as valid_from_at, is_anchor
    from clusters
)

select * from final
