with

certifications as (
    select * from {{ accepted('reference', 'certifications') }}
),

final as (
    select
        {{ salesforce_id('user_id') }} as user_id,
        topic,
        {{ parse_date('certified_from') }} as certified_from_on,
        {{ parse_date('certified_to') }} as certified_to_on,
        {{ lineage("concat_ws('|', user_id, topic, certified_from)") }}
    from certifications
)

select * from final
