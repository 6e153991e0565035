{#- A view: free text stands in raw alone. -#}
{{ config(materialized='view') }}
with

final as (
    {{ free_texts() }}
)

select * from final
