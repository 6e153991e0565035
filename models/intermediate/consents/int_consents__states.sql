with

holdings as (
    select * from {{ ref('int_consents__holdings') }}
),

own_will as (
    select
        *, row_number() over (partition by state_key, effective_at, source_system, source_object order by ledger_id desc)
            as place_in_system
    from holdings
    where capture_reason not in ('bounce', 'spam_mark') and decision <> 'opt_in_pending' and not is_objection
),

-- Ids of one system have an order (CNS-10); between systems the less permissive decision of an instant wins.
of_the_instant as (
    select
        *, row_number() over (
            partition by state_key, effective_at order by case decision when 'opt_out' then 0 else 1 end, ledger_id
        ) as place_of_instant
    from own_will
    where place_in_system = 1
),

own_states as (
    select
        holding_id, case decision when 'opt_out' then 'refused' else 'granted' end as status,
        effective_at as valid_from_at, lead(effective_at) over (partition by state_key order by effective_at) as valid_to_at
    from of_the_instant
    where place_of_instant = 1
    union all
    select holding_id, 'refused', effective_at, ended_at from holdings where is_objection
    union all
    -- Pending neither grants nor ends a grant (CNS-05); a confirmed opt-in was pending until then (CNS-06).
    select holding_id, 'pending', captured_at, case decision when 'opt_in' then effective_at end
    from holdings
    where decision = 'opt_in_pending' or (decision = 'opt_in' and confirmed_at > captured_at)
),

states as (
    select * from own_states
    union all
    select holding_id, 'blocked', valid_from_at, valid_to_at from {{ ref('int_consents__blocks') }}
),

-- A grant without address covers the addresses delivered for its id up to the capture; of none, nothing (ruling 39).
covered as (
    select
        holdings.*, states.status, states.valid_from_at, states.valid_to_at,
        coalesce(holdings.channel_value, addresses.address) as covered_value,
        states.status = 'granted' and coalesce(channels.has_contact_point, false) as needs_value
    from states
    inner join holdings on states.holding_id = holdings.holding_id
    left join {{ ref('consent_channels') }} as channels on holdings.channel = channels.consent_channel
    left join {{ ref('int_consents__addresses') }} as addresses
        on holdings.source_system = addresses.source_system
        and holdings.id_value = addresses.id_value
        and holdings.channel = 'email'
        and holdings.channel_value is null
        and states.status = 'granted'
        and (addresses.known_from_at is null or addresses.known_from_at <= holdings.captured_at)
    where states.valid_to_at is null or states.valid_to_at > states.valid_from_at
),

-- Who is unresolved and gave no address is told apart by the source id; a product within a content type is a scope of its own.
placed as (
    select
        *, nullif(concat_ws('|', scope_id, within_detail_group_id, within_content_type_id), '') as scope_path,
        coalesce(covered_value, case when hcp_key is null then 'person|' || person_key end) as contact_point
    from covered
    where not needs_value or covered_value is not null
),

final as (
    select
        ledger_id, holder_id, person_key, hcp_key, source_system, channel, covered_value as channel_value, purpose, scope_type,
        scope_id, within_detail_group_id, within_content_type_id, place_id, status, capture_reason, evidence_version, vendor_expires_on,
        scope_path, is_echo, is_objection, valid_from_at, valid_to_at, captured_at, known_at, loaded_at, contact_point,
        concat_ws('|', coalesce(hcp_key, ''), channel, coalesce(contact_point, ''), purpose, scope_type, coalesce(scope_path, ''))
            as stretch_key
    from placed
)

select * from final
