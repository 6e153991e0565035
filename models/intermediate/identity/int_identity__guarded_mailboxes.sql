with

nodes as (
    select * from {{ ref('int_identity__nodes') }} where email is not null
),

-- Earlier addresses count too: an address that ever crossed the limit stays guarded.
holders as (
    -- One name at one address is one holder, however many ids it has: platforms hand out a new one per webinar.
    select email as address, coalesce({{ folded('first_name') }} || ' ' || {{ folded('last_name') }}, node_id) as holder from nodes
    union
    select email, coalesce({{ folded('first_name') }} || ' ' || {{ folded('last_name') }}, 'veeva_crm|' || account_id)
    from {{ ref('stg_veeva_crm__account_versions') }}
    where email is not null
    union
    select email, coalesce({{ folded('first_name') }} || ' ' || {{ folded('last_name') }}, 'zoom|' || registrant_id)
    from {{ ref('stg_zoom__registrant_addresses') }}
    union
    select email, coalesce({{ folded('first_name') }} || ' ' || {{ folded('last_name') }}, 'on24|' || event_user_id)
    from {{ ref('stg_on24__registrant_addresses') }}
    union
    select email, 'sfmc|' || subscriber_id from {{ ref('stg_sfmc__subscriber_versions') }} where email is not null
),

crowded as (
    select address from holders group by address having count(*) > {{ var('identity_mailbox_max_ids') }}
),

addresses as (
    select email as address, split_part(email, '@', 1) as local_part, split_part(email, '@', 2) as domain from nodes group by email
),

-- A join for each way of matching: one condition with `or` would compare every address with every word.
shared as (
    select addresses.address
    from addresses
    inner join {{ ref('shared_mailboxes') }} as words
        on words.match_type = 'local_part' and addresses.local_part = words.match_value
    union all
    select addresses.address
    from addresses
    inner join {{ ref('shared_mailboxes') }} as words on words.match_type = 'domain' and addresses.domain = words.match_value
    union all
    select addresses.address
    from addresses
    inner join {{ ref('shared_mailboxes') }} as words
        on words.match_type = 'contains' and addresses.address like '%' || words.match_value || '%'
),

company as (
    select email as address from {{ ref('int_users__addresses') }}
    union
    select host_email from {{ ref('stg_zoom__webinars') }} where host_email is not null
),

-- Who was erased held them too.
remembered as (
    select addresses.address
    from (select address from holders group by address) as addresses
    inner join {{ ref('stg_rapport__guarded_mailboxes') }} as guarded
        on {{ tombstone("'email|' || addresses.address") }} = guarded.address_hash
),

reasons as (
    select address, 'mailbox_limit' as reason from crowded
    union all
    select address, 'mailbox_limit' from remembered
    union all
    select address, 'shared_mailbox' from shared
    union all
    select address, 'company_address' from company
    union all
    -- Dashes and other words for "none" are no address (GEN-17).
    select address, 'no_address' from addresses where address not like '%_@_%'
),

final as (
    select address, min(reason) as reason from reasons group by address
)

select * from final
