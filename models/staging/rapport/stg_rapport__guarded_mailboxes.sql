with

remembered as (
    select * from {{ source('rapport', 'guarded_mailboxes') }}
),

final as (
    select address_hash from remembered
)

select * from final
