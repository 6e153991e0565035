with

given as (
    select 'veeva_crm' as source_system, account_id as id_value, email as address, valid_from_at as known_from_at
    from {{ ref('stg_veeva_crm__account_versions') }}
    union all
    select 'veeva_crm', owners.account_id, mails.address, coalesce(mails.sent_at, mails.created_at, mails.first_delivered_at)
    from {{ ref('stg_veeva_crm__sent_emails') }} as mails
    inner join {{ ref('stg_veeva_crm__sent_email_owners') }} as owners on mails.sent_email_id = owners.sent_email_id
    union all
    select 'sfmc', subscriber_id, email, case when is_first then cast(null as timestamp) else valid_from_at end
    from {{ ref('stg_sfmc__subscriber_versions') }}
),

-- No instant: known for as long as the record itself (ruling 49).
final as (
    select
        source_system, id_value, address,
        case when count(*) = count(known_from_at) then min(known_from_at) end as known_from_at
    from given
    where address is not null and id_value is not null
    group by source_system, id_value, address
)

select * from final
