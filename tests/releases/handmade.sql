create schema core;
create schema engagement;
create schema governance;
create schema intermediate;
create schema restricted;
create schema staging;

create table staging.stg_rapport__known_names as select 'ada' as given, 'canary' as family;

create table intermediate.audiences as
from (values
    ('marts', '*', '*', 'full'),
    ('marts', 'mart_hcp_engagement_quality', '*', '*'),
    ('commercial', '*', 'promotional;service', 'promotional'),
    ('commercial', 'fct_consents', 'promotional;service;tracking;profiling;disclosure', 'promotional'),
    ('commercial', 'mart_data_inventory', null, null),
    ('commercial', 'mart_cme_activity', null, null)
) as t (audience, table_name, purposes, scopes);

create table restricted.bridge_hcps as
from (values
    (md5('hcp 1'), 'zoom', 'zoom_guest', 'ada.canary@example.org'),
    (md5('hcp 1'), 'zoom', 'zoom_registrant', 'rEX0AbCdEAAV'),
    (md5('hcp 1'), 'cms_open_payments', 'open_payments_profile', '70001'),
    (md5('hcp 2'), 'cme_pars', 'cme_learner', '1234567|NPI:1234567893')
) as t (hcp_key, source_system, id_type, id_value);

create table restricted.bridge_touchpoints as
from (values
    (md5('t2'), 'Sent', '41|8|1|55|2025-03-01 10:00:00'),
    (md5('t7'), 'credit', 'course|u7|AMA'),
    (md5('t8'), 'learner_report', '1234567|200000001|NPI:1234567893')
) as t (touchpoint_id, source_object, source_record_id);

create table staging.stg_cme_pars__learner_reports as
select
    '1234567|200000001|NPI:1234567893' as record_id, '1234567' as provider_id, '200000001' as activity_id,
    'NPI:1234567893' as learner_key, '1234567893' as npi, null::text as licences;

create table staging.stg_cme_lms__credits as
select
    'course|u7|AMA' as record_id, 'Example Learning' as provider_id, 'course' as course_id, 'u7' as lms_user_id,
    'ada.canary@example.org' as email;

create table staging.stg_cme_lms__statements (record_id text, provider_id text, activity_id text, lms_user_id text, email text);

create table staging.stg_reference__accredited_activities as
select
    'course' as activity_id, 'Example Learning' as provider, true as is_live, timestamp '2025-12-01 10:15' as starts_at,
    timestamp '2025-12-01 12:00' as ends_at;

create table staging.stg_privacy__cme_share_consents as
from (values
    ('npi', '1234567893', '1234567', timestamp '2025-01-01', null::timestamp),
    ('email', 'ada.canary@example.org', 'Example Learning', timestamp '2025-01-01', null)
) as t (id_type, id_value, provider, granted_at, withdrawn_at);

create table staging.stg_sfmc__clicks as
select '41' as job_id, '8' as list_id, '1' as batch_id, '55' as subscriber_id, timestamp '2025-03-01 12:00' as occurred_at;

create table staging.stg_veeva_crm__email_activities (sent_email_id text, event_type text, occurred_at timestamp);

create table core.dim_hcps as
from (values
    (md5('hcp 1'), 'Cardiology', 'US', 'NY', true, true, 3, 2),
    (md5('hcp 2'), 'Oncology', 'US', null, true, false, 1, 0)
) as t (
    hcp_key, specialty, country, region, is_profiling_allowed, is_known_commercially, identity_sources, identity_sources_commercial
);

create table core.bridge_hcp_aliases as
select md5('hcp 0') as old_hcp_key, md5('hcp 1') as hcp_key, timestamp '2025-02-01' as since_at;

create table core.fct_consents as
from (values
    (md5('c1'), md5('hcp 1'), 'email', md5('address 1'), 'promotional', 'global', null, 'granted', timestamp '2025-01-01', timestamp '2025-06-01'),
    (md5('c2'), md5('hcp 1'), 'email', md5('address 1'), 'promotional', 'global', null, 'refused', timestamp '2025-06-01', null),
    (md5('c3'), md5('hcp 1'), 'email', md5('address 1'), 'tracking', 'global', null, 'granted', timestamp '2025-01-01', null),
    (md5('c4'), md5('hcp 1'), 'any', null, 'education_share', 'global', null, 'granted', timestamp '2025-01-01', null),
    (md5('c5'), md5('hcp 2'), 'any', null, 'education_share', 'global', null, 'granted', timestamp '2025-01-01', null)
) as t (
    consent_id, hcp_key, consent_channel, address_key, purpose, scope_type, scope_id, status, valid_from_at, valid_to_at
);

create table core.fct_touchpoints as
from (values
    (
        md5('t1'), md5('hcp 1'), md5('i1'), 'veeva_crm', 'face_to_face', 'f2f', 'call', 'mutual', 'promotional',
        timestamp '2025-12-01 10:00', date '2025-12-01', 'exact', md5('user 1'), 'Cardia', null::text, true, 'human', null::timestamp, true,
        'unknown', 'opt_out', true, 'no_refusal', null::text, 'legitimate_interest', 'source_id'
    ),
    (
        md5('t2'), md5('hcp 1'), md5('i2'), 'sfmc', 'marketing_email', 'email_web', 'email_send', 'push', 'promotional',
        timestamp '2025-03-01 10:00', date '2025-03-01', 'exact', null, 'Cardia', null, true, 'human', timestamp '2025-03-01 12:00', false,
        'granted', 'opt_in_required', true, 'granted', md5('c1'), 'consent', 'source_id'
    ),
    (
        md5('t3'), md5('hcp 1'), md5('i3'), 'sfmc', 'marketing_email', 'email_web', 'email_send', 'push', 'promotional',
        timestamp '2025-07-01 10:00', date '2025-07-01', 'exact', null, 'Cardia', null, true, 'none', null, false,
        'refused', 'opt_in_required', false, 'own_will', md5('c2'), 'none_stated', 'source_id'
    ),
    (
        md5('t4'), null, md5('i4'), 'sfmc', 'marketing_email', 'email_web', 'email_send', 'push', 'promotional',
        timestamp '2025-12-30 10:00', date '2025-12-30', 'exact', null, 'Cardia', null, true, 'pending', null, false,
        'unknown', 'opt_in_required', false, 'no_record', null, 'none_stated', 'unresolved'
    ),
    (
        md5('t5'), md5('hcp 1'), md5('i5'), 'veeva_crm', 'rep_email', 'email_web', 'email_send', 'push', 'promotional',
        timestamp '2025-04-01 10:00', date '2025-04-01', 'exact', md5('user 1'), 'Cardia', null, false, 'none', null, false,
        'blocked', 'opt_in_required', false, 'bounce', null, 'none_stated', 'source_id'
    ),
    (
        md5('t6'), md5('hcp 1'), md5('i6'), 'veeva_crm', 'phone', 'live_remote', 'call', 'mutual', 'medical',
        timestamp '2025-11-01 10:00', date '2025-11-01', 'exact', md5('user 2'), null, 'heart failure', true, 'human', null, true,
        'unknown', 'opt_out', true, 'no_refusal', null, 'legitimate_interest', 'source_id'
    ),
    (
        md5('t7'), md5('hcp 1'), md5('i7'), 'cme_pars', 'cme', 'cme', 'cme_completion', 'pull', 'education',
        timestamp '2025-10-01 10:00', date '2025-10-01', 'exact', null, null, null, true, 'human', timestamp '2025-10-01 10:00', false,
        'granted', 'opt_in_required', true, 'granted', md5('c4'), 'consent', 'npi'
    ),
    (
        md5('t8'), md5('hcp 2'), md5('i8'), 'cme_pars', 'cme', 'cme', 'cme_completion', 'pull', 'education',
        timestamp '2025-10-01 10:00', date '2025-10-01', 'exact', null, null, null, true, 'human', timestamp '2025-10-01 10:00', false,
        'granted', 'opt_in_required', true, 'granted', md5('c5'), 'consent', 'npi'
    )
) as t (
    touchpoint_id, hcp_key, interaction_id, source_system, channel, channel_family, touchpoint_type, direction, purpose,
    occurred_at, business_on, time_confidence, user_key, product, topic, is_delivered, response_class, responded_at, is_two_way,
    consent_status, consent_regime, is_permitted, permission_reason, consent_id, lawful_basis, identity_method
);

alter table core.fct_touchpoints add column duration_seconds bigint;
alter table core.fct_touchpoints add column depth double default 0.5;
alter table core.fct_touchpoints add column relevance double default 0.75;
alter table core.fct_touchpoints add column is_response_observable boolean default true;
alter table core.fct_touchpoints add column differs_from_vendor boolean default false;

create table core.fct_transfers_of_value as
from (values
    (md5('v1'), md5('hcp 1'), md5('i1'), 'cms_open_payments', '100000000001', 'Example Pharma', 'promotional', 12.50::decimal(14, 2)),
    (md5('v2'), md5('hcp 1'), null, 'cms_open_payments', '100000000001', 'Example Pharma', 'promotional', 300::decimal(14, 2)),
    (md5('v3'), md5('hcp 2'), null, 'cms_open_payments', '100000000001', 'Example Pharma', 'education', 900::decimal(14, 2))
) as t (transfer_id, hcp_key, interaction_id, source_system, company_id, company, purpose, amount_usd);

create table engagement.mart_hcp_engagement_quality as
select
    hcp_key, as_of_on, eqs_scope, 48.5::double as eqs_score, 40.0::double as eqs_low, 57.0::double as eqs_high,
    'sufficient' as evidence_status, 3.0::double as evidence_weight, 0.4::double as responsiveness,
    0.5::double as dialogue_depth, 0.3::double as breadth, 0.2::double as education_value, 0.6::double as satisfaction,
    0.1::double as fatigue, 0.0::double as opt_out_penalty, 1.5::double as contact_pressure, 1::bigint as pushes_90d,
    0::bigint as pending_pushes_14d, if(hcp_key = md5('hcp 1'), 1, 0)::bigint as human_responses_90d,
    null::double as peer_percentile, '1' as score_version
from core.dim_hcps
cross join (values (date '2025-12-01'), (date '2026-01-01')) as dates (as_of_on)
cross join (values ('full'), ('promotional')) as scopes (eqs_scope)
where eqs_scope = 'full' or is_known_commercially;

create table governance.mart_consent_violations as
from (values
    (md5('x1'), 'CMP-02', 'critical', md5('t3'), md5('hcp 1'), 'promotional', true),
    (md5('x2'), 'CMP-10', 'critical', md5('t4'), null, 'promotional', true),
    (md5('x3'), 'CMP-17', 'warning', md5('t5'), md5('hcp 1'), 'promotional', false),
    (md5('x4'), 'CMP-25', 'error', md5('t1'), md5('hcp 1'), 'education', true)
) as t (violation_id, rule_id, severity, touchpoint_id, hcp_key, purpose, was_known_at_send);

create table governance.mart_consent_compliance as
select
    hcp_key, channel, purpose, date '2026-01-01' as as_of_on, 'unknown' as effective_permission,
    count(*) filter (where direction = 'push') as push_count,
    count(*) filter (where direction = 'push' and not is_permitted) as push_without_consent_count,
    count(*) filter (where lawful_basis = 'none_stated') as lawful_basis_missing_count,
    0::bigint as permission_widened_by_merge_count
from core.fct_touchpoints
where hcp_key is not null
group by all;

create table governance.mart_delivery_accounting as
from (values
    ('veeva_crm', 'Account', '20260101T000000Z.csv', timestamp '2026-01-01', 'applied', 3, 3, 0),
    ('veeva_crm', 'Call2_vod__c', '20260101T000000Z.csv', timestamp '2026-01-01', 'applied', 2, 2, 0),
    ('veeva_crm', 'Multichannel_Consent_vod__c', '20260101T000000Z.csv', timestamp '2026-01-01', 'applied', 2, 2, 0),
    ('sfmc', 'Sent', '20260101T000000Z.csv', timestamp '2026-01-01', 'applied_with_quarantine', 4, 3, 1)
) as t (system, object, delivery, delivered_at, status, rows_read, rows_accepted, rows_quarantined);

alter table governance.mart_delivery_accounting add column rows_superseded bigint default 0;
alter table governance.mart_delivery_accounting add column rows_duplicate bigint default 0;
alter table governance.mart_delivery_accounting add column rows_deleted bigint default 0;
alter table governance.mart_delivery_accounting add column rows_scanned bigint;
alter table governance.mart_delivery_accounting add column sha256 text default 'aa';

create table governance.mart_quarantine_reasons as
select
    'sfmc' as system, 'Sent' as object, '20260101T000000Z.csv' as delivery, 'unparsable_timestamp' as reason_code,
    'EventDate' as column_names, 1::bigint as rows;

create table governance.mart_identity_quality as
from (values
    (date '2026-01-01', '*', false, 140, 112, 50, 5, 0.1::double),
    (date '2026-01-01', 'sfmc', false, 120, 90, 40, 5, 0.125::double),
    (date '2026-01-01', 'zoom', true, null, null, null, null, null)
) as t (as_of_on, source_system, is_suppressed, ids, resolved_ids, touches, touches_unresolved, unresolved_rate);

create table governance.mart_safety_summary as
from (values
    (date '2026-01-01', 'veeva_crm', 'Account', false, false, 0, 0, 0, 0, 12, 0),
    (date '2026-01-01', 'veeva_crm', 'Call2_vod__c', false, true, null, null, null, null, 0, 0)
) as t (
    as_of_on, system, object, is_overdue, is_suppressed, events_open, events_forwarded,
    events_overdue, events_forwarded_late, identifiers_open, identifiers_forwarded
);

create table governance.mart_data_quality (
    release_id text, rule_id text, title text, theme text, severity text, policy_reference text, audiences text,
    status text, is_passed boolean, rows_checked bigint, rows_failing bigint
);

create table governance.mart_cme_activity as
from (values
    (md5('a1'), '200000001', '1234567', date '2026-01-01', false, 24::bigint, 12::bigint, 0.5::double, 24.00::decimal(14, 2)),
    (md5('a1'), '200000001', '1234567', date '2025-12-01', true, null, null, null, null)
) as t (
    activity_key, activity_id, provider, as_of_on, is_suppressed, learners, learners_sharing, share_consent_rate, credits
);

create table governance.mart_data_inventory (
    table_schema text, table_name text, column_name text, class text, purpose text, retention_months integer,
    counted_from text, origin text, audiences text
);

insert into governance.mart_data_inventory
select
    schema_name, table_name, column_name, 'personal', 'governance', 37, 'event', 'derived',
    if(table_name in ('mart_data_inventory', 'mart_cme_activity'), 'marts', 'commercial;marts')
from duckdb_columns()
where schema_name in ('core', 'engagement', 'governance') and not internal;
