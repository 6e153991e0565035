with

national_ids as (
    select * from {{ ref('int_identity__national_ids') }}
),

licences as (
    select * from {{ ref('int_identity__licences') }}
),

merges as (
    select
        'veeva_crm|' || loser_account_id as loser, 'veeva_crm|' || survivor_account_id as survivor, is_in_loop, min(merged_at) as merged_at
    from {{ ref('int_identity__merges') }}
    group by loser_account_id, survivor_account_id, is_in_loop
),

accounts as (
    select account_id, person_contact_id from {{ ref('stg_veeva_crm__accounts') }} where person_contact_id is not null
),

older_ids as (
    select older_id, newer_id from {{ ref('stg_veeva_vault__older_ids') }}
),

stewards as (
    select * from {{ ref('int_identity__steward_pairs') }}
),

-- What leads to an account is its id under the system's name, whichever of its ids a record holds.
final as (
    select node_id, 'national_id|' || country_code || '|' || id_type || '|' || id_value as tie, {{ row_hash(['national_ids']) }} as state
    from national_ids
    union all
    select node_id, 'licence|' || region || ':' || licence_number, {{ row_hash(['licences']) }} from licences
    union all
    select loser, survivor, {{ row_hash(['merges']) }} from merges
    union all
    select survivor, loser, {{ row_hash(['merges']) }} from merges
    union all
    select 'veeva_crm|' || account_id, 'veeva_crm|' || person_contact_id, {{ row_hash(['accounts']) }} from accounts
    union all
    select 'veeva_crm|' || older_id, 'veeva_crm|' || newer_id, {{ row_hash(['older_ids']) }} from older_ids
    union all
    select node_a, 'steward|' || node_a || '|' || node_b, {{ row_hash(['stewards']) }} from stewards
    union all
    select node_b, 'steward|' || node_a || '|' || node_b, {{ row_hash(['stewards']) }} from stewards
)

select * from final
