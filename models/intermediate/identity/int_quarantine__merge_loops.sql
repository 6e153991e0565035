with

merges as (
    select * from {{ ref('int_identity__merges') }}
),

final as (
    select
        source_system as system, source_folder as object, delivery, row_number, 'merge_loop' as reason_code,
        cast(null as {{ type_text() }}) as column_names
    from merges
    where is_in_loop and source_object = 'Account_Merge_History_vod__c'
)

select * from final
