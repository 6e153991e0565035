{%- set compared = [
    'given', 'formal', 'middle_initial', 'family', 'other_family', 'suffix', 'city', 'region', 'postal_code', 'country_code',
    'specialty', 'gender', 'email'
] -%}
with

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

-- A name alone is never evidence, so who has neither place nor address stays out, and a learner's report does (CME-10).
comparable as (
    select node_id, {{ compared | join(', ') }}
    from profiles
    where id_type <> 'cme_learner' and coalesce(city, region, postal_code, email) is not null
),

final as (
    select
        *, city || ' ' || postal_code as town,
        min(node_id) over (partition by {{ compared | join(', ') }}) as profile_id
    from comparable
)

select * from final
