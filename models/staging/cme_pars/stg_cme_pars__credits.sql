with

reports as (
    select {{ learner_report_id() }} as record_id, CreditCertificate
    from {{ accepted('cme_pars', 'learner_report') }}
),

certificates as (
    select record_id, {{ json_elements('CreditCertificate') }} as certificate
    from reports
),

parsed as (
    select
        record_id,
        {{ json_text('certificate', 'CreditReceived.activityCertification') }} as credit_type,
        {{ parse_decimal(json_text('certificate', 'CreditReceived.numberOfCredits'), 6, 2) }} as credits
    from certificates
),

-- Each certificate of a completion repeats the same credits: a type counts once (CME-01), types are never added (CME-04).
final as (
    select
        record_id,
        credit_type,
        max(credits) as credits,
        min(credits) <> max(credits) as has_credit_conflict
    from parsed
    where credit_type is not null and credits is not null
    group by record_id, credit_type
)

select * from final
