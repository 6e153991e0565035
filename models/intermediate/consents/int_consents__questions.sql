with

touches as (
    select * from {{ ref('int_touchpoints__identified') }}
),

owners as (
    select sent_email_id, account_id from {{ ref('stg_veeva_crm__sent_email_owners') }}
),

-- What the HCP began or asked for, and attendance, needs no permission (ruling 34). Accredited education is judged by the
-- learner's consent to share, on the as-of date (ruling 42).
asked as (
    select
        touches.*, owners.account_id as made_under,
        channel <> 'cme' and (consent_channel is null or direction = 'pull' or is_response_to_request) as is_exempt,
        case
            when channel = 'cme' then cast('{{ var("as_of_on") }}' as date)
            when occurred_at is null then business_on
        end as judged_on
    from touches
    left join owners on touches.channel = 'rep_email' and touches.source_record_id = owners.sent_email_id
),

-- A touch with a date only is judged by that whole day (ruling 28).
judged as (
    select
        asked.*,
        {{ identity_system('source_system') }} as holder_system,
        case when judged_on is null then occurred_at else cast(judged_on as timestamp) end as judged_from_at,
        case when judged_on is null then occurred_at else cast(judged_on as timestamp) + interval '86399999999' microsecond end
            as judged_until_at
    from asked
),

described as (
    select
        judged.*,
        coalesce(person_key, holder_system || '|' || id_value) as person,
        -- A merge moves a mail to the survivor; it was made under the id that it first bore.
        concat_ws('|', holder_system, id_type, coalesce(made_under, id_value)) as holder_id,
        -- A mailing is about the product of its content, whichever system sends it.
        coalesce(scope_product_id, product) as product_ids
    from judged
),

final as (
    select
        touchpoint_id, 'contact' as question, person, holder_id, holder_system as source_system, country_codes, is_exempt,
        case when not is_exempt then consent_channel end as consent_channel, channel_value,
        case when purpose = 'education' then 'education_share' else purpose end as purpose,
        product_ids as scope_product_id,
        coalesce(1 + length(product_ids) - length(replace(product_ids, ';', '')), 0) as product_count, scope_detail_group_id, scope_content_type_id, scope_list_id,
        judged_from_at, judged_until_at
    from described
    union all
    -- Whether its opens and clicks may be joined to the person is asked apart from the mail.
    select
        touchpoint_id, 'tracking', person, holder_id, holder_system, country_codes, false, 'email', channel_value, 'tracking',
        null, 0, null, null, null, judged_from_at, judged_until_at
    from described
    where channel in ('rep_email', 'marketing_email')
)

select * from final
