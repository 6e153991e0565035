with

accounts as (
    select account_id, language, is_deleted, coalesce(modified_at, delivered_at) as changed_at
    from {{ ref('stg_veeva_crm__accounts') }}
    where language is not null
),

clusters as (
    select id_value, hcp_key
    from {{ ref('int_identity__clusters') }}
    where id_type = 'veeva_crm_account' and hcp_key is not null
),

-- What the person said goes before what the CRM holds; of deleted accounts the language is taken last.
candidates as (
    select hcp_key, preference as language, 0 as source_rank, stated_at as changed_at
    from {{ ref('int_hcps__preferences') }}
    where kind = 'language'
    union all
    select clusters.hcp_key, accounts.language, case when accounts.is_deleted then 2 else 1 end, accounts.changed_at
    from accounts
    inner join clusters on accounts.account_id = clusters.id_value
),

ranked as (
    select
        hcp_key, language,
        row_number() over (partition by hcp_key order by source_rank, changed_at desc nulls last, language) as place
    from candidates
),

final as (
    select hcp_key, language from ranked where place = 1
)

select * from final
