with

profiles as (
    select * from {{ ref('int_identity__comparable_profiles') }} where node_id = profile_id
),

-- A former name leads to the same block as the present one.
family_names as (
    select profile_id, formal, family, city, region, postal_code, specialty from profiles
    union
    select profile_id, formal, other_family, city, region, postal_code, specialty from profiles where other_family is not null
),

keys as (
    select profile_id, 'name and region' as blocking_rule, formal || '|' || family || '|' || region as block_key from family_names
    union all
    select profile_id, 'name and specialty', formal || '|' || family || '|' || specialty from family_names
    union all
    select profile_id, 'name and city', formal || '|' || family || '|' || city from family_names
    union all
    select profile_id, 'family name and city', family || '|' || city from family_names
    union all
    select profile_id, 'family name and postal code', family || '|' || postal_code from family_names
    union all
    select profile_id, 'given name and city', formal || '|' || city from profiles
    union all
    select profile_id, 'given name and postal code', formal || '|' || postal_code from profiles
    union all
    select profile_id, 'mailbox name', split_part(email, '@', 1) from profiles
),

sized as (
    select keys.*, count(*) over (partition by blocking_rule, block_key) as block_size from keys where block_key is not null
),

-- The pairs of a block grow with its square. One of a common name in a big city says little anyway: a narrower rule
-- compares its people, or nobody does.
final as (
    select *, block_size <= {{ var('identity_block_max_profiles') }} as is_compared from sized where block_size > 1
)

select * from final
