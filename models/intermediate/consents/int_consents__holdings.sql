with

-- A grant that somebody carried over from an older system counts only with evidence; a refusal counts like any other.
ledger as (
    select * from {{ ref('int_consents__ledger') }}
    where channel <> 'unknown' and not (capture_reason = 'migration' and decision <> 'opt_out' and evidence_version is null)
),

moments as (
    select
        source_system_a, id_type_a, id_value_a, source_system_b, id_type_b, id_value_b, min(merged_at) as merged_at
    from {{ ref('int_identity__merge_moments') }}
    where node_a <> node_b
    group by source_system_a, id_type_a, id_value_a, source_system_b, id_type_b, id_value_b
),

-- What a person decides after a merge counts for every merged id and supersedes their states.
held as (
    select ledger.*, source_system as holder_system, id_type as holder_id_type, id_value as holder_id_value, false as is_copy
    from ledger
    union all
    select ledger.*, moments.source_system_b, moments.id_type_b, moments.id_value_b, true
    from ledger
    inner join moments
        on ledger.source_system = moments.source_system_a
        and ledger.id_type = moments.id_type_a
        and ledger.id_value = moments.id_value_a
        and ledger.captured_at > moments.merged_at
    where ledger.capture_reason not in ('bounce', 'spam_mark') and ledger.decision <> 'opt_in_pending'
),

keyed as (
    select
        held.*, concat_ws('|', holder_system, holder_id_type, holder_id_value) as holder_id,
        concat_ws('|', ledger_id, holder_system, holder_id_type, holder_id_value, person_key) as holding_id,
        concat_ws(
            '|', holder_system, holder_id_type, holder_id_value, person_key, channel, coalesce(channel_value, ''), purpose,
            scope_type, coalesce(scope_id, ''), coalesce(within_detail_group_id, ''), coalesce(within_content_type_id, ''),
            coalesce(place_id, '')
        ) as state_key
    from held
),

-- A verdict takes the least permissive of the ids that hold a decision of their own on the key (rule 8): for another id what was
-- decided after the merge only says whether a touch under it would alone have been permitted.
final as (
    select
        *,
        is_copy and not coalesce(bool_or(
            not is_copy and not is_objection and capture_reason not in ('bounce', 'spam_mark') and decision <> 'opt_in_pending'
        ) over (partition by state_key), false) as is_echo
    from keyed
)

select * from final
