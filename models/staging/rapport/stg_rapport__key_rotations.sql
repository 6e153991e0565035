with

key_rotations as (
    select * from {{ source('rapport', 'key_rotations') }}
),

final as (
    select key_kind, old_key, new_key, rotated_at from key_rotations
)

select * from final
