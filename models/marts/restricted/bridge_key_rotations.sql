with

rotations as (
    select * from {{ ref('stg_rapport__key_rotations') }}
),

aliases as (
    select * from {{ ref('bridge_hcp_aliases') }}
),

-- A person's saved key leads to the key of today, also where a merge came in between.
final as (
    select
        rotations.key_kind,
        rotations.old_key,
        coalesce(aliases.hcp_key, rotations.new_key) as new_key,
        rotations.rotated_at
    from rotations
    left join aliases on rotations.new_key = aliases.old_hcp_key and rotations.key_kind = 'hcp_key'
)

select * from final
