with

taxonomies as (
    select * from {{ ref('stg_nppes__taxonomies') }} where taxonomy is not null
),

names as (
    select * from {{ ref('taxonomies') }}
),

counted as (
    select
        *, count(*) over (partition by npi) as taxonomy_count,
        sum(case when is_primary then 1 else 0 end) over (partition by npi) as primary_count
    from taxonomies
),

-- Some copies of the file hold the description in place of the code: what has not the form of a code is taken as it stands.
final as (
    select
        counted.npi, max(counted.primary_count) <> 1 as is_unclear,
        max(case
            when counted.primary_count = 1 and not counted.is_primary then null
            when counted.primary_count = 0 and counted.taxonomy_count > 1 then null
            when counted.primary_count > 1 then null
            when length(counted.taxonomy) = 10 and counted.taxonomy like '%X' and counted.taxonomy not like '% %' then names.specialty
            else counted.taxonomy
        end) as specialty
    from counted
    left join names on counted.taxonomy = names.taxonomy_code
    group by counted.npi
)

select * from final
