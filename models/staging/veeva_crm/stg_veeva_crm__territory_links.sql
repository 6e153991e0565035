with

territory_links as (
    select * from {{ accepted('veeva_crm', 'TSF_vod__c') }}
),

final as (
    select
        {{ salesforce_id('Id') }} as territory_link_id,
        coalesce(
            {{ salesforce_id('Account_vod__c') }},
            case when substr(External_Id_vod__c, 19, 2) = '__' then left(External_Id_vod__c, 18) end
        ) as account_id,
        -- After the separator that follows 18 characters: ids and names may hold underscores of their own (CRM-64).
        coalesce(
            Territory_vod__c,
            case when substr(External_Id_vod__c, 19, 2) = '__' then substr(External_Id_vod__c, 21) end
        ) as territory,
        coalesce({{ parse_boolean('IsDeleted') }}, false) as is_deleted,
        {{ parse_timestamp('CreatedDate') }} as created_at,
        {{ parse_timestamp('SystemModstamp') }} as modified_at,
        {{ lineage(salesforce_id('Id')) }}
    from territory_links
)

select * from final
