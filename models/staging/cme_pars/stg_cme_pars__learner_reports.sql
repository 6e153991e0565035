with

reports as (
    select *, {{ learner_report_id() }} as report_id
    from {{ accepted('cme_pars', 'learner_report') }}
),

credits as (
    select
        record_id,
        case when count(*) = 1 then min(credit_type) end as credit_type,
        case when count(*) = 1 then min(credits) end as credits,
        bool_or(has_credit_conflict) as has_credit_conflict
    from {{ ref('stg_cme_pars__credits') }}
    group by record_id
),

certificates as (
    select report_id, {{ json_elements('CreditCertificate') }} as certificate
    from reports
),

unique_ids as (
    select report_id, {{ json_elements(json_value('certificate', 'UniqueID')) }} as unique_id
    from certificates
),

learner_ids as (
    select distinct
        report_id,
        upper(trim({{ json_text('unique_id', 'domain') }})) as domain,
        trim({{ json_text('unique_id', 'value') }}) as id_value
    from unique_ids
),

-- All ids of all certificates count (CME-08): the NPI, and the licences, whose domain is the code of a state.
learners as (
    select
        report_id,
        -- Of two NPIs in one report nobody knows which is the learner's: neither leads to anybody.
        case
            when count(case when domain = 'NPI' then 1 end) = 1 then min(case when domain = 'NPI' then id_value end)
        end as npi,
        {{ dbt.listagg("case when domain = 'NPI' then id_value end", "';'", "order by domain, id_value") }} as npis,
        {{ dbt.listagg("case when length(domain) = 2 then domain || ':' || id_value end", "';'", "order by domain, id_value") }}
            as licences
    from learner_ids
    group by report_id
),

final as (
    select
        reports.ProviderOrganization as provider_id,
        reports.moduleID as activity_id,
        reports.LearnerID as learner_key,
        learners.npi,
        learners.npis,
        learners.licences,
        coalesce(learners.npi is null and learners.npis is not null, false) as has_several_npis,
        reports.GivenName as given_name,
        reports.FamilyName as family_name,
        reports.ModuleName as activity_name,
        credits.credit_type,
        coalesce(credits.has_credit_conflict, false) as has_credit_conflict,
        credits.credits,
        {{ parse_timestamp('reports.CompletedDateTime', feed_zone('cme_pars', 'learner_report')) }} as completed_at,
        {{ parse_date('reports.CompletedDateTime') }} as completed_on,
        {{ parse_timestamp('reports.DateTimeCreated', feed_zone('cme_pars', 'learner_report')) }} as reported_at,
        {{ lineage('reports.report_id') }}
    from reports
    left join learners on reports.report_id = learners.report_id
    left join credits on reports.report_id = credits.record_id
)

select * from final
