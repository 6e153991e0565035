with

records as (
    select * from {{ ref('int_learners__records') }}
),

accounts as (
    select account_id, npi, email from {{ ref('stg_veeva_crm__accounts') }}
),

versions as (
    select account_id, npi, email from {{ ref('stg_veeva_crm__account_versions') }}
),

merges as (
    select loser_account_id, survivor_account_id
    from {{ ref('stg_veeva_crm__account_merges') }}
    where loser_account_id is not null and survivor_account_id is not null
),

-- The account with the learner's NPI or address, then those that were merged with it, on either side.
direct as (
    select records.object, records.delivery, records.row_number, records.provider_id, accounts.account_id
    from records
    inner join accounts on {{ valid_npi('records.npi') }} = accounts.npi
    union
    select records.object, records.delivery, records.row_number, records.provider_id, accounts.account_id
    from records
    inner join accounts on records.email = accounts.email
),

found as (
    select * from direct
    union
    select direct.object, direct.delivery, direct.row_number, direct.provider_id, merges.survivor_account_id
    from direct
    inner join merges on direct.account_id = merges.loser_account_id
    union
    select direct.object, direct.delivery, direct.row_number, direct.provider_id, merges.loser_account_id
    from direct
    inner join merges on direct.account_id = merges.survivor_account_id
),

-- Every id under which the CRM ever knew them, and the subscriber of the CRM id or of such an address.
addresses as (
    select account_id, email from versions where email is not null group by account_id, email
),

ids as (
    select account_id, 'veeva_crm_account' as id_type, account_id as id_value from accounts
    union
    select account_id, 'npi', npi from versions where npi is not null
    union
    select account_id, 'email', email from addresses
    union
    select subscriber_key, 'sfmc_subscriber', subscriber_id from {{ ref('stg_sfmc__subscribers') }} where subscriber_key is not null
    union
    select addresses.account_id, 'sfmc_subscriber', subscribers.subscriber_id
    from addresses
    inner join {{ ref('stg_sfmc__subscribers') }} as subscribers on addresses.email = subscribers.email
),

final as (
    select found.object, found.delivery, found.row_number, found.provider_id, ids.id_type, ids.id_value
    from found
    inner join ids on found.account_id = ids.account_id
    group by found.object, found.delivery, found.row_number, found.provider_id, ids.id_type, ids.id_value
)

select * from final
