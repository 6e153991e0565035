with

accounts as (
    select * from {{ ref('stg_veeva_crm__accounts') }}
),

versions as (
    select * from {{ ref('stg_veeva_crm__account_versions') }}
),

merges as (
    select * from {{ ref('int_identity__merges') }} where not is_in_loop
),

survivors as (
    select survivor_account_id as account_id from merges group by survivor_account_id
),

losers as (
    select loser_account_id as account_id from merges group by loser_account_id
),

moments as (
    select
        accounts.account_id, min(case when versions.email = accounts.email then versions.known_at end) as email_known_at,
        min(case when versions.npi = accounts.npi then versions.known_at end) as npi_known_at,
        min(case when {{ same_values('versions', 'accounts', ['first_name', 'last_name', 'city', 'specialty']) }}
            then versions.known_at end) as profile_known_at
    from accounts
    inner join versions on accounts.account_id = versions.account_id
    group by accounts.account_id
),

-- Ids that only merges name: the loser's or survivor's own row was never delivered, or is deleted (CRM-06, CRM-09).
merge_sides as (
    select loser_account_id as account_id, is_person, first_delivered_at, merged_at
    from {{ ref('int_identity__merges') }}
    union all
    select survivor_account_id, is_person, first_delivered_at, merged_at from {{ ref('int_identity__merges') }}
),

named_by_merges as (
    select
        merge_sides.account_id, bool_or(merge_sides.is_person) as is_person,
        min(merge_sides.first_delivered_at) as first_known_at, min(merge_sides.merged_at) as merged_at
    from merge_sides
    left join accounts on merge_sides.account_id = accounts.account_id
    where accounts.account_id is null
    group by merge_sides.account_id
),

nodes as (
    select
        accounts.account_id as id_value, true as is_person, accounts.is_deleted, accounts.npi as given_npi,
        {{ valid_npi('accounts.npi') }} as npi, accounts.email, accounts.first_name, accounts.last_name, accounts.city,
        accounts.specialty, accounts.country_code, accounts.region, accounts.middle_name, accounts.suffix,
        accounts.postal_code, accounts.gender, accounts.first_delivered_at as first_known_at,
        coalesce(moments.npi_known_at, accounts.delivered_at) as npi_known_at,
        coalesce(moments.email_known_at, accounts.delivered_at) as email_known_at,
        coalesce(moments.profile_known_at, accounts.delivered_at) as profile_known_at,
        coalesce(accounts.modified_at, accounts.delivered_at) as changed_at, cast(accounts.created_at as date) as event_from_on
    from accounts
    left join moments on accounts.account_id = moments.account_id
    where accounts.is_person_account
    union all
    select
        account_id, is_person, true, null, null, null, null, null, null, null, null, null, null, null, null, null,
        first_known_at, first_known_at, first_known_at, first_known_at, first_known_at, cast(merged_at as date)
    from named_by_merges
),

final as (
    select
        'veeva_crm' as source_system, 'veeva_crm_account' as id_type, nodes.id_value, nodes.npi,
        nodes.given_npi is not null and nodes.npi is null as has_invalid_npi, false as has_several_npis, false as has_several_names,
        nodes.email,
        {{ null_texts(['crm_id']) }}, nodes.first_name, nodes.last_name, nodes.city, nodes.specialty,
        nodes.country_code, nodes.region, nodes.middle_name, nodes.suffix, {{ null_texts(['other_last_name']) }},
        nodes.postal_code, nodes.gender, nodes.is_person as is_hcp_evidence, coalesce(nodes.is_deleted, false) as is_deleted,
        coalesce(nodes.is_deleted, false) and survivors.account_id is not null and losers.account_id is null as is_dead_survivor,
        nodes.first_known_at, nodes.npi_known_at, nodes.email_known_at,
        cast(null as timestamp) as crm_id_known_at, nodes.profile_known_at, nodes.changed_at, nodes.event_from_on
    from nodes
    left join survivors on nodes.id_value = survivors.account_id
    left join losers on nodes.id_value = losers.account_id
)

select * from final
