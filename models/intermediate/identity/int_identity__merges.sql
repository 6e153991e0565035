with recursive

ledger as (
    select
        'Account_Merge_History_vod__c' as source_object, source_system, source_object as source_folder, merge_id as record_id, loser_account_id, survivor_account_id,
        coalesce(merged_at, delivered_at) as merged_at,
        coalesce(loser_contact_id, survivor_contact_id) is not null as is_person,
        delivery, row_number, first_delivered_at
    from {{ ref('stg_veeva_crm__account_merges') }}
),

-- The loser's own row names its survivor but not the moment: the delivery that first did is all that is known.
master_moments as (
    select account_id, master_account_id, min(known_at) as merged_at
    from {{ ref('stg_veeva_crm__account_versions') }}
    where master_account_id is not null
    group by account_id, master_account_id
),

master_records as (
    select
        'Account' as source_object, accounts.source_system, accounts.source_object as source_folder, accounts.account_id as record_id,
        accounts.account_id as loser_account_id, accounts.master_account_id as survivor_account_id,
        coalesce(master_moments.merged_at, accounts.delivered_at) as merged_at, coalesce(accounts.is_person_account, false) as is_person,
        accounts.delivery, accounts.row_number, accounts.first_delivered_at
    from {{ ref('stg_veeva_crm__accounts') }} as accounts
    left join master_moments
        on accounts.account_id = master_moments.account_id and accounts.master_account_id = master_moments.master_account_id
),

merges as (
    select * from ledger where loser_account_id is not null and survivor_account_id is not null
    union all
    select * from master_records where survivor_account_id is not null
),

losers as (
    select loser_account_id as account_id from merges group by loser_account_id
),

survivors as (
    select survivor_account_id as account_id from merges group by survivor_account_id
),

-- A cycle runs through accounts that both lost and survived; everything else need not be walked.
steps as (
    select merges.loser_account_id as from_id, merges.survivor_account_id as to_id
    from merges
    inner join survivors on merges.loser_account_id = survivors.account_id
    inner join losers on merges.survivor_account_id = losers.account_id
    group by merges.loser_account_id, merges.survivor_account_id
),

reached as (
    select from_id, to_id from steps
    union
    select reached.from_id, steps.to_id
    from reached
    inner join steps on reached.to_id = steps.from_id
),

final as (
    select merges.*, reached.from_id is not null as is_in_loop
    from merges
    left join reached
        on merges.survivor_account_id = reached.from_id and merges.loser_account_id = reached.to_id
)

select * from final
