with

-- An account holds the names of its territories in one text, joined by `;`: no key, and none that outlives a rename (CRM-02).
names as (
    select account_id, trim(name) as territory
    from (select account_id, {{ split_rows('territories', ';') }} as name from {{ ref('stg_veeva_crm__accounts') }}) as parts
    where trim(name) <> ''
    group by account_id, trim(name)
),

known as (
    select territory as name, 'territory' as matched_to, cast(created_at as date) as valid_from_on,
        case when is_deleted then cast(modified_at as date) end as valid_to_on
    from {{ ref('stg_veeva_crm__territory_links') }}
    union all
    select region, 'region', valid_from_on, valid_to_on from {{ ref('stg_reference__teams') }}
),

-- What the names mean today: the account has no older ones.
in_force as (
    select name, max(matched_to) as matched_to
    from known
    where
        coalesce(valid_from_on <= {{ as_of_at() }}, true)
        and coalesce(valid_to_on > {{ as_of_at() }}, true)
    group by name
),

final as (
    select names.account_id, names.territory, coalesce(in_force.matched_to, 'unmatched') as matched_to
    from names
    left join in_force on names.territory = in_force.name
)

select * from final
