with

jobs as (
    select * from {{ accepted('sfmc', 'Job') }}
),

final as (
    select
        JobID as job_id,
        AccountID as account_id,
        AccountUserID as account_user_id,
        trim(EmailName) as email_name,
        trim(JobType) as job_type,
        trim(JobStatus) as job_status,
        trim(Category) as category,
        trim(SendClassificationType) as send_classification_type,
        coalesce(lower(trim(SendClassificationType)) = 'default transactional', false) as is_transactional,
        coalesce(trim(Category) = 'Test Send Emails', false) or TestEmailAddr is not null as is_test,
        {{ parse_timestamp('CreatedDate', feed_zone('sfmc', 'Job')) }} as created_at,
        {{ lineage('JobID') }}
    from jobs
)

select * from final
