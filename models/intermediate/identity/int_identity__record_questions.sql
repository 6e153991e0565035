with

nodes as (
    select * from {{ ref('int_identity__nodes') }} where not is_deleted
),

national_ids as (
    select * from {{ ref('int_identity__national_ids') }}
),

guarded as (
    select address from {{ ref('int_identity__guarded_mailboxes') }} where reason = 'mailbox_limit'
),

-- One name at one address is one holder, as the guard counts them.
holders as (
    select
        nodes.email, coalesce({{ folded('nodes.first_name') }} || ' ' || {{ folded('nodes.last_name') }}, nodes.node_id) as holder,
        min(nodes.node_id) as node_id, min(nodes.email_known_at) as email_known_at
    from nodes
    inner join guarded on nodes.email = guarded.address
    group by 1, 2
),

users as (
    select node_id, email_known_at, row_number() over (partition by email order by email_known_at nulls last, node_id) as place
    from holders
),

questions as (
    select 'invalid_npi' as kind, node_id, npi_known_at as opened_at from nodes where has_invalid_npi
    union all
    select 'several_npis', node_id, npi_known_at from nodes where has_several_npis
    union all
    select 'several_names', node_id, changed_at from nodes where has_several_names
    union all
    select 'unusable_npi', node_id, npi_known_at from nodes where npi_standing in ('organisation', 'deactivated', 'replaced_by_none')
    union all
    select 'national_ids_in_conflict', node_id, max(known_at)
    from national_ids
    group by node_id, country_code, id_type
    having count(distinct id_value) > 1
    union all
    -- The one that came after the last that a person may have.
    select 'guarded_mailbox', node_id, email_known_at
    from users
    where
        place = {{ var('identity_mailbox_max_ids') }} + 1
        and email_known_at >= {{ dbt.dateadd('day', -var('identity_review_mailbox_days'), as_of_at()) }}
),

final as (
    select questions.kind, questions.node_id, coalesce(max(questions.opened_at), max(nodes.first_known_at)) as opened_at
    from questions
    inner join nodes on questions.node_id = nodes.node_id
    group by questions.kind, questions.node_id
)

select * from final
