with

npis as (
    select node_id, 'npi' as scope, npi as id_value from {{ part_of('int_identity__nodes') }} where npi is not null
),

-- Who holds two of a kind on one record shows only that one of them is wrong.
national_ids as (
    select node_id, id_type || '|' || country_code as scope, min(id_value) as id_value
    from {{ part_of('int_identity__national_ids') }}
    where is_checked
    group by node_id, id_type, country_code
    having count(*) = 1
),

licences as (
    select node_id, 'licence|US|' || region as scope, licence_number as id_value
    from {{ part_of('int_identity__licences') }}
    where is_only_one
),

-- Father and son of one name: a generation of its own, however the records are linked.
generations as (
    select node_id, 'generation' as scope, suffix as id_value from {{ part_of('int_identity__profiles') }} where suffix is not null
),

final as (
    select * from npis
    union all
    select * from national_ids
    union all
    select * from licences
    union all
    select * from generations
)

select * from final
