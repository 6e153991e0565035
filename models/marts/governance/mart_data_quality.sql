with

final as (
    select
        cast(null as {{ type_text() }}) as release_id,
        cast(null as {{ type_text() }}) as rule_id,
        cast(null as {{ type_text() }}) as title,
        cast(null as {{ type_text() }}) as theme,
        cast(null as {{ type_text() }}) as severity,
        cast(null as {{ type_text() }}) as policy_reference,
        cast(null as {{ type_text() }}) as audiences,
        cast(null as {{ type_text() }}) as status,
        cast(null as boolean) as is_passed,
        cast(null as bigint) as rows_checked,
        cast(null as bigint) as rows_failing
    where false
)

select * from final
