with

users as (
    select * from {{ ref('stg_veeva_crm__users') }}
),

final as (
    select email, min(user_id) as user_id from users where email is not null group by email
)

select * from final
