with

requests as (
    select
        request_id, id_type, requested_at,
        case id_type
            when 'email' then {{ normalised_email('id_value') }}
            when 'veeva_crm_account' then {{ salesforce_id('id_value') }}
            when 'licence' then upper(id_value)
            else id_value
        end as sought_value
    from {{ ref('stg_privacy__erasure_requests') }}
),

-- A request is open as long as the person it names is still here.
final as (
    select person_ids.hcp_key, requests.request_id, requests.requested_at
    from requests
    inner join {{ ref('int_identity__person_ids') }} as person_ids
        on requests.id_type = person_ids.id_type and requests.sought_value = person_ids.id_value
    where person_ids.hcp_key is not null
    group by person_ids.hcp_key, requests.request_id, requests.requested_at
)

select * from final
