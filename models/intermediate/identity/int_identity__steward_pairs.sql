with

decisions as (
    select * from {{ ref('int_identity__steward_decisions') }}
),

final as (
    select node_a, node_b, decision, decided_at, reason_code from decisions where is_of_two_records and recency = 1
)

select * from final
