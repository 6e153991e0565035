with recursive

providers as (
    select npi, is_organisation, is_active, replacement_npi
    from {{ ref('stg_nppes__providers') }}
),

replacements as (
    select npi, replacement_npi from providers where replacement_npi <> npi
),

-- A set, so that a loop of replacements ends (IDN-09).
reached as (
    select npi, replacement_npi as reached_npi from replacements
    union
    select reached.npi, replacements.replacement_npi
    from reached
    inner join replacements on reached.reached_npi = replacements.npi
),

-- Each NPI has one replacement, so a chain has one end; a loop has none.
ends as (
    select reached.npi, max(reached.reached_npi) as current_npi
    from reached
    left join replacements on reached.reached_npi = replacements.npi
    where replacements.npi is null
    group by reached.npi
),

currents as (
    select
        providers.npi, replacements.npi is not null as is_replaced,
        case when replacements.npi is null then providers.npi else {{ valid_npi('ends.current_npi') }} end as current_npi
    from providers
    left join replacements on providers.npi = replacements.npi
    left join ends on providers.npi = ends.npi
),

-- A current NPI that the register does not list is as good as any other that it lacks (IDN-02).
final as (
    select
        currents.npi,
        case
            when currents.current_npi is null then 'replaced_by_none'
            when providers.is_organisation then 'organisation'
            when not providers.is_active then 'deactivated'
            when currents.is_replaced then 'replaced'
            else 'active'
        end as standing,
        case
            when not coalesce(providers.is_organisation, false) and coalesce(providers.is_active, true) then currents.current_npi
        end as usable_npi
    from currents
    left join providers on currents.current_npi = providers.npi
)

select * from final
