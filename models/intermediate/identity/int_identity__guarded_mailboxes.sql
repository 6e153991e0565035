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

shared as (
    select nodes.email as address
    from nodes
    inner join {{ ref('shared_mailboxes') }} as shared_mailboxes
        on (shared_mailboxes.match_type = 'local_part' and split_part(nodes.email, '@', 1) = shared_mailboxes.match_value)
        or (shared_mailboxes.match_type = 'domain' and split_part(nodes.email, '@', 2) = shared_mailboxes.match_value)
        or (shared_mailboxes.match_type = 'contains' and nodes.email like '%' || shared_mailboxes.match_value || '%')
),

company as (
    select email as address from {{ ref('int_users__addresses') }}
    union
    select host_email from {{ ref('stg_zoom__webinars') }} where host_email is not null
),

reasons as (
    select address, 'mailbox_limit' as reason from crowded
    union all
    select address, 'shared_mailbox' from shared
    union all
    select address, 'company_address' from company
    union all
    -- Dashes and other words for "none" are no address (GEN-17).
    select email, 'no_address' from nodes where email not like '%_@_%'
),

final as (
    select address, min(reason) as reason from reasons group by address
)

select * from final
