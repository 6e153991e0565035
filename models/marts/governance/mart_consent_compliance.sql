with

permissions as (
    select *, cast(as_of_on as timestamp) as as_of_at from {{ ref('int_compliance__permissions') }}
),

counts as (
    select * from {{ ref('int_compliance__counts') }}
),

-- Whether the operator delivers what a rule needs at all: without it a count is unknown and not 0 (ruling 52).
known as (
    select
        (select count(approved_from) > 0 from {{ ref('dim_content') }}) as has_approvals,
        (select count(has_disclosure) > 0 from {{ ref('dim_content') }}) as has_disclosures,
        (select count(*) > 0 from {{ ref('stg_reference__certifications') }}) as has_certificates,
        (select max(version) from {{ ref('consent_regimes') }}) as newest_version
),

violations as (
    select * from {{ ref('int_compliance__open_violations') }}
),

erasures as (
    select permissions.hcp_key, permissions.as_of_on, min(erasures.requested_at) as oldest_at
    from (select hcp_key, as_of_on, as_of_at from permissions group by hcp_key, as_of_on, as_of_at) as permissions
    inner join {{ ref('int_compliance__erasures') }} as erasures
        on permissions.hcp_key = erasures.hcp_key and erasures.requested_at < permissions.as_of_at
    group by permissions.hcp_key, permissions.as_of_on
),

-- CMP-16: who objects to profiling has no row here either while the objection is in force.
objections as (
    select * from {{ ref('fct_consents') }} where purpose = 'profiling' and status = 'refused'
),

final as (
    select
        permissions.hcp_key, permissions.channel, permissions.purpose, permissions.as_of_on, permissions.effective_permission,
        coalesce(permissions.rule_version, known.newest_version) as rule_version, counts.touches as touch_count, counts.is_push as push_count,
        round(cast(counts.is_permitted_push as double) / nullif(counts.is_push, 0), 6) as consent_validity_rate,
        counts.is_refused_push_known + counts.is_refused_push_learned as push_without_consent_count,
        counts.is_refused_push_known as push_without_consent_known_count,
        counts.is_refused_push_learned as push_without_consent_learned_count,
        case
            when permissions.effective_permission = 'granted'
                then {{ dbt.datediff('permissions.oldest_grant_at', 'permissions.as_of_at', 'day') }}
        end as consent_age_days,
        counts.is_without_basis as lawful_basis_missing_count, permissions.grants_without_notice as notice_version_missing_count,
        counts.is_on_prohibited_channel as channel_not_allowed_count, counts.is_insecure as insecure_channel_count,
        case when known.has_approvals then counts.is_of_unapproved_content end as content_not_approved_count,
        case when known.has_approvals then counts.is_of_expired_content end as expired_content_count,
        case when known.has_disclosures then counts.is_without_disclosure end as disclosure_missing_count,
        cast(null as bigint) as hospitality_undisclosed_count,
        case when known.has_certificates then counts.is_by_uncertified end as uncertified_touch_count,
        counts.patient_identifier_hits as patient_identifier_hit_count,
        counts.is_over_retention as retention_breach_count,
        {{ dbt.datediff('erasures.oldest_at', 'permissions.as_of_at', 'day') }} as erasure_open_days,
        counts.is_widened_by_merge as permission_widened_by_merge_count,
        coalesce(violations.open_count, 0) as open_violation_count, violations.severity as violation_severity_max,
        {{ dbt.datediff('violations.oldest_at', 'permissions.as_of_at', 'day') }} as violation_age_days,
        violations.owner_team as violation_owner,
        round(1 - cast(counts.is_in_breach as double) / nullif(counts.touches, 0), 6) as compliance_pass_rate
    from permissions
    cross join known
    inner join counts
        on permissions.hcp_key = counts.hcp_key and permissions.channel = counts.channel
        and permissions.purpose = counts.purpose and permissions.as_of_on = counts.as_of_on
    left join violations
        on permissions.hcp_key = violations.hcp_key and permissions.channel = violations.channel
        and permissions.purpose = violations.purpose and permissions.as_of_on = violations.as_of_on
    left join erasures on permissions.hcp_key = erasures.hcp_key and permissions.as_of_on = erasures.as_of_on
    where not exists (
        select 1 from objections
        where objections.hcp_key = permissions.hcp_key and objections.valid_from_at <= permissions.as_of_at
            and (objections.valid_to_at is null or objections.valid_to_at > permissions.as_of_at)
    )
)

select * from final
